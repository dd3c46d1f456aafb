#pragma once

#include "stockcast/base/clock.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace stockcast::sim {

/// The company's requests per minute, whoever sends them. A refused one does not count.
class Quota {
public:
    explicit Quota(unsigned per_minute) : per_minute_(per_minute) {}

    /// Nothing: admitted and counted. Else how long until one would be.
    std::optional<std::chrono::nanoseconds> refuse(Steady now, Instant wall, bool fixed_window);

private:
    unsigned per_minute_;
    std::deque<Steady> admitted_;  ///< of the last minute; at most per_minute_
    std::int64_t window_ = 0;      ///< clock minute that `in_window_` counts
    unsigned in_window_ = 0;
};

/// SIIGO blocks an API user whose requests fail too often (siigo-api.md: more than 80 % over 7 days). Below how many
/// requests it does not look is documented nowhere.
class FailureShare {
public:
    static constexpr std::uint64_t judged_from = 200;
    static constexpr std::uint64_t percent_max = 80;

    /// Counts one answered request; true when the user is to be blocked now.
    bool record(Instant at, bool failed);

private:
    struct Hour {
        std::int64_t hour = -1;
        std::uint64_t requests = 0, failed = 0;
    };
    std::array<Hour, std::size_t{7} * 24> hours_{};
};

}  // namespace stockcast::sim
