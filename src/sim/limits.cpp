#include "sim/limits.hpp"

namespace stockcast::sim {

std::optional<std::chrono::nanoseconds> Quota::refuse(Steady now, Instant wall, bool fixed_window) {
    constexpr std::chrono::minutes minute{1};
    if (fixed_window) {
        const auto since_epoch = wall.since_epoch();
        const auto window = since_epoch / minute;
        if (window != window_) {
            window_ = window;
            in_window_ = 0;
        }
        if (in_window_ >= per_minute_) return (window + 1) * Instant::Ticks{minute} - since_epoch;
        ++in_window_;
        return std::nullopt;
    }
    while (!admitted_.empty() && admitted_.front() <= now - minute) admitted_.pop_front();
    if (per_minute_ == 0) return minute;
    if (admitted_.size() >= per_minute_) return admitted_.front() + minute - now;
    admitted_.push_back(now);
    return std::nullopt;
}

bool FailureShare::record(Instant at, bool failed) {
    const auto hour = at.since_epoch() / std::chrono::hours{1};
    Hour& current = hours_[static_cast<std::size_t>(hour) % hours_.size()];
    if (current.hour != hour) current = {hour, 0, 0};
    ++current.requests;
    if (failed) ++current.failed;

    std::uint64_t requests = 0, failures = 0;
    for (const auto& each : hours_) {
        if (each.hour <= hour - static_cast<std::int64_t>(hours_.size())) continue;
        requests += each.requests;
        failures += each.failed;
    }
    return requests >= judged_from && failures * 100 > requests * percent_max;
}

}  // namespace stockcast::sim
