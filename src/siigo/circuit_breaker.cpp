#include "siigo/circuit_breaker.hpp"

#include <algorithm>

namespace stockcast::siigo {

void CircuitBreaker::succeeded() {
    failures_ = 0;
    pause_ = first_pause;
}

void CircuitBreaker::failed(Steady at) {
    if (is_open()) {  // the probe
        pause_ = std::min(pause_ * 2, longest_pause);
    } else {
        ++failures_;
    }
    if (is_open()) open_until_ = at + pause_;
}

Steady CircuitBreaker::earliest(Steady now) const {
    return is_open() ? std::max(now, open_until_) : now;
}

}  // namespace stockcast::siigo
