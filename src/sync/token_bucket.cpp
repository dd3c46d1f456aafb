#include "sync/token_bucket.hpp"

#include <algorithm>
#include <chrono>

namespace stockcast {

TokenBucket::TokenBucket(unsigned per_minute, unsigned burst, Steady now)
    : per_second_(per_minute / 60.0), burst_(burst), tokens_(burst), filled_at_(now) {}

bool TokenBucket::has(Steady now) {
    fill(now);
    // Sums of thirds of seconds are not exact: a token that is there but for the rounding is there.
    return tokens_ >= 1.0 - 1e-6;
}

bool TokenBucket::take(Steady now) {
    if (!has(now)) return false;
    tokens_ = std::max(0.0, tokens_ - 1.0);
    return true;
}

void TokenBucket::fill(Steady now) {
    const std::chrono::duration<double> passed = now - filled_at_;
    if (passed.count() <= 0) return;
    tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
    filled_at_ = now;
}

}  // namespace stockcast
