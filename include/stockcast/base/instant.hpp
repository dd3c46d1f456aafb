#pragma once

#include "stockcast/base/result.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// A moment in UTC with SIIGO's precision of 100 ns (its timestamps carry up to 7 fractional digits, siigo-api.md),
/// so that two stamps within one millisecond still have an order. Range: years 1 to 9999.
class Instant {
public:
    /// 100-ns ticks since 1970-01-01T00:00:00Z.
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

    constexpr Instant() = default;
    constexpr explicit Instant(Ticks since_epoch) : since_epoch_(since_epoch) {}

    /// RFC 3339 and SIIGO's forms: `yyyy-MM-dd` (its midnight), or date, `T` or space, time, 0–7 fractional digits
    /// (more are cut), then `Z`, an offset `±hh:mm`, or neither (taken as UTC). Errors: `malformed`.
    static Result<Instant> parse(std::string_view text);
    static constexpr Instant from_unix_ms(std::int64_t ms) {
        return Instant{std::chrono::duration_cast<Ticks>(std::chrono::milliseconds{ms})};
    }

    constexpr Ticks since_epoch() const { return since_epoch_; }
    /// Rounded down, also before 1970.
    std::int64_t unix_ms() const;

    /// `2025-01-20T10:30:00.000Z`: what our own API writes.
    std::string to_iso_ms() const;
    /// `2025-01-20T10:30:00Z`: what SIIGO's date filters take.
    std::string to_iso_s() const;
    /// The shortest of 0 to 7 fractional digits that loses nothing; `parse` gives the same instant back.
    std::string to_iso() const;

    constexpr auto operator<=>(const Instant&) const = default;
    template <class Rep, class Period>
    friend constexpr Instant operator+(Instant at, std::chrono::duration<Rep, Period> by) {
        return Instant{at.since_epoch_ + std::chrono::duration_cast<Ticks>(by)};
    }
    template <class Rep, class Period>
    friend constexpr Instant operator-(Instant at, std::chrono::duration<Rep, Period> by) {
        return Instant{at.since_epoch_ - std::chrono::duration_cast<Ticks>(by)};
    }
    friend constexpr Ticks operator-(Instant a, Instant b) { return a.since_epoch_ - b.since_epoch_; }

private:
    Ticks since_epoch_{0};
};

/// Days since 1970-01-01 in America/Bogota (UTC-5 the year round, no daylight saving since 1993): what "today" means.
std::int64_t bogota_day(Instant at);

}  // namespace stockcast
