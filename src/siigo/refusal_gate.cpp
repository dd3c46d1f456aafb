#include "siigo/refusal_gate.hpp"

#include <algorithm>

namespace stockcast::siigo {

void RefusalGate::refused(Instant at) {
    state_.in_a_row = std::min(state_.in_a_row + 1, 1000U);
    if (state_.in_a_row < refusals_to_close) return;
    if (!state_.closed_since) state_.closed_since = at;
    const auto probes = std::min(state_.in_a_row - refusals_to_close, 10U);
    std::chrono::seconds pause = std::min<std::chrono::seconds>(first_pause * (1U << probes), longest_pause);
    if (at - *state_.closed_since >= std::chrono::hours{24}) pause = pause_after_a_day;
    state_.next_probe = at + pause;
    state_.pause = pause;
}

Instant RefusalGate::earliest(Instant now) const {
    if (!is_closed()) return now;
    // Further ahead than the pause is long: our clock was put back since, and the probe would wait for that time to come
    // again.
    if (state_.next_probe - now > state_.pause) return now;
    return std::max(state_.next_probe, now);
}

}  // namespace stockcast::siigo
