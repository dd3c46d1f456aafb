#include "siigo/circuit_breaker.hpp"

#include <algorithm>

namespace stockcast::siigo {

void CircuitBreaker::succeeded() {
    failures_ = 0;
    pause_ = first_pause;
}

void CircuitBreaker::failed(Steady at, std::chrono::seconds longest) {
    if (is_open()) {  // the probe
        pause_ = std::min(pause_ * 2, std::max(longest, first_pause));
    } else {
        ++failures_;
    }
    if (is_open()) open_until_ = at + pause_;
}

void CircuitBreaker::restore(std::chrono::seconds pause, Steady open_until) {
    failures_ = failures_to_open;
    pause_ = std::max(pause, first_pause);
    open_until_ = open_until;
}

Steady CircuitBreaker::earliest(Steady now) const {
    return is_open() ? std::max(now, open_until_) : now;
}

}  // namespace stockcast::siigo
