#pragma once

#include "stockcast/base/instant.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace stockcast::siigo {

/// Our share of failed requests over 7 days, in hourly buckets. SIIGO blocks an API user above 80 % (siigo-api.md), and
/// not until the cause is put right: so we slow down from 25 %, only probe at 40 %, and send nothing that could pass 55
/// %. What may still fail before that is spread over the time until old failures leave (`longest_pause`), so that while
/// SIIGO fails for days somebody still looks whether it is back. An outage alone need not come that far: probes that
/// keep `outage_pause` stay below 25 % for two days. Below 50 calls a share says little; there 20 failures a
/// day are the bound. Pure; wall time, as it outlives restarts.
class FailureShare {
public:
    static constexpr std::uint64_t calls_for_share = 50;
    static constexpr std::uint64_t failures_a_day = 20;
    static constexpr unsigned low_below_percent = 5;
    static constexpr unsigned slowed_from_percent = 25;
    static constexpr unsigned probes_from_percent = 40;
    static constexpr unsigned never_past_percent = 55;

    struct Bucket {
        std::int64_t hour = 0;  ///< since 1970
        std::uint64_t calls = 0;
        std::uint64_t failures = 0;
        bool operator==(const Bucket&) const = default;
    };

    enum class Pace {
        free,
        slowed,   ///< longer pauses, no retries
        probes,   ///< single calls far apart
        stopped,  ///< not even a probe, until old failures leave the window
    };

    /// One call ended. A connection that never came about is no call: SIIGO has not seen it.
    void count(Instant at, bool failed);

    Pace pace(Instant now) const;
    /// Some more failures would do no harm: below 5 % of a week's calls failed, and there were enough to tell.
    bool is_low(Instant now) const;
    /// Between probes that all fail: so far apart that they never use up what may fail.
    std::chrono::seconds longest_pause(Instant now) const;
    /// Between probes while SIIGO is out and the share is no longer low: at 3/5 of the rate at which calls succeeded.
    /// After a healthy week and 48 h of failures the window holds 120 h of good calls, so for less than 25 % the failures
    /// may be as many as 40 h of them. The first 5 % are as many as 9 h of them; at that rate, which falls as good calls
    /// leave the window, 25 h more come. Zero: no call has succeeded, it says nothing.
    std::chrono::seconds outage_pause(Instant now) const;
    /// When the window moves on next: buckets leave it by the hour.
    static Instant next_hour(Instant now);

    std::uint64_t calls(Instant now) const;
    std::uint64_t failures(Instant now) const;

    const std::vector<Bucket>& buckets() const { return buckets_; }
    void restore(std::vector<Bucket> buckets, Instant now);

private:
    void tidy(std::int64_t hour);

    std::vector<Bucket> buckets_;  ///< oldest first, at most 169
};

}  // namespace stockcast::siigo
