#include "siigo/failure_share.hpp"

#include <algorithm>

namespace stockcast::siigo {
namespace {

using Hours = std::chrono::hours;

constexpr std::int64_t window_hours = 7 * 24;
constexpr std::int64_t day_hours = 24;

std::int64_t hour_of(Instant at) {
    return std::chrono::floor<Hours>(at.since_epoch()).count();
}

struct Sum {
    std::uint64_t calls = 0;
    std::uint64_t failures = 0;
};

/// Of the last `hours` whole hours and the one that runs: rather too long a window than too short.
Sum sum(const std::vector<FailureShare::Bucket>& buckets, Instant now, std::int64_t hours) {
    Sum total;
    for (const auto& bucket : buckets) {
        if (bucket.hour < hour_of(now) - hours) continue;
        total.calls += bucket.calls;
        total.failures += bucket.failures;
    }
    return total;
}

}  // namespace

void FailureShare::count(Instant at, bool failed) {
    const auto hour = hour_of(at);
    tidy(hour);
    if (buckets_.empty() || buckets_.back().hour != hour) buckets_.push_back({hour, 0, 0});
    buckets_.back().calls += 1;
    buckets_.back().failures += failed ? 1 : 0;
}

FailureShare::Pace FailureShare::pace(Instant now) const {
    const auto week = sum(buckets_, now, window_hours);
    if (week.calls < calls_for_share) {
        return sum(buckets_, now, day_hours).failures >= failures_a_day ? Pace::stopped : Pace::free;
    }
    const auto at_least = [&](unsigned percent) { return week.failures * 100 >= week.calls * percent; };
    if (!at_least(slowed_from_percent)) return Pace::free;
    if (!at_least(probes_from_percent)) return Pace::slowed;
    // One more call can fail: what counts is the share with that failure in it.
    const bool could_pass = (week.failures + 1) * 100 > (week.calls + 1) * never_past_percent;
    return could_pass ? Pace::stopped : Pace::probes;
}

bool FailureShare::is_low(Instant now) const {
    const auto week = sum(buckets_, now, window_hours);
    return week.calls >= calls_for_share && week.failures * 100 < week.calls * low_below_percent;
}

std::chrono::seconds FailureShare::longest_pause(Instant now) const {
    const auto week = sum(buckets_, now, window_hours);
    // n more calls that all fail: (failures + n) / (calls + n) = 55 %.
    const auto most = week.calls * never_past_percent;
    const auto now_at = week.failures * 100;
    const auto may_fail = most > now_at ? (most - now_at) / (100 - never_past_percent) : 0;
    return std::chrono::seconds{Hours{window_hours + 1}} /
           static_cast<std::int64_t>(std::max<std::uint64_t>(may_fail, 1));
}

std::chrono::seconds FailureShare::outage_pause(Instant now) const {
    const auto week = sum(buckets_, now, window_hours);
    const auto good = static_cast<std::int64_t>(week.calls - week.failures);
    if (good == 0) return std::chrono::seconds{0};
    const auto known_for = hour_of(now) - buckets_.front().hour + 1;
    const std::chrono::seconds span = Hours{std::clamp<std::int64_t>(known_for, 1, window_hours)};
    return span * 5 / (good * 3);
}

Instant FailureShare::next_hour(Instant now) {
    return Instant{Hours{hour_of(now) + 1}};
}

std::uint64_t FailureShare::calls(Instant now) const {
    return sum(buckets_, now, window_hours).calls;
}

std::uint64_t FailureShare::failures(Instant now) const {
    return sum(buckets_, now, window_hours).failures;
}

void FailureShare::restore(std::vector<Bucket> buckets, Instant now) {
    buckets_ = std::move(buckets);
    std::sort(buckets_.begin(), buckets_.end(), [](const Bucket& a, const Bucket& b) { return a.hour < b.hour; });
    tidy(hour_of(now));
}

void FailureShare::tidy(std::int64_t hour) {
    std::erase_if(buckets_, [&](const Bucket& bucket) { return bucket.hour < hour - window_hours; });
    // Our clock was put back: what lies ahead of it would never leave, so it counts as of this hour.
    Bucket current{hour, 0, 0};
    while (!buckets_.empty() && buckets_.back().hour >= hour) {
        current.calls += buckets_.back().calls;
        current.failures += buckets_.back().failures;
        buckets_.pop_back();
    }
    if (current.calls > 0) buckets_.push_back(current);
}

}  // namespace stockcast::siigo
