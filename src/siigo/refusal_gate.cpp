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
}

Instant RefusalGate::earliest(Instant now) const {
    if (!is_closed()) return now;
    // Never further ahead than a pause is long: our clock may have been put back since.
    return std::clamp(state_.next_probe, now, now + pause_after_a_day);
}

}  // namespace stockcast::siigo
