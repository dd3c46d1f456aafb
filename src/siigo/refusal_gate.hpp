#pragma once

#include "stockcast/base/instant.hpp"

#include <chrono>
#include <optional>

namespace stockcast::siigo {

/// SIIGO refuses us (401, 403) although the token is fresh: wrong credentials, or the block of siigo-api.md, which
/// lasts until its cause is put right and is made worse by asking on. After three in a row only probes go out, with
/// growing pauses of 1 to 15 min, and of two hours once it has lasted a day. Pure; wall time, as it outlives restarts.
class RefusalGate {
public:
    static constexpr unsigned refusals_to_close = 3;
    static constexpr std::chrono::minutes first_pause{1};
    static constexpr std::chrono::minutes longest_pause{15};
    static constexpr std::chrono::hours pause_after_a_day{2};

    struct State {
        unsigned in_a_row = 0;
        std::optional<Instant> closed_since;
        Instant next_probe;
        std::chrono::seconds pause{pause_after_a_day};  ///< before it
        bool operator==(const State&) const = default;
    };

    void refused(Instant at);
    void accepted() { state_ = {}; }

    bool is_closed() const { return state_.closed_since.has_value(); }
    /// When the next request may go out; `now` while open.
    Instant earliest(Instant now) const;

    const State& state() const { return state_; }
    void restore(State state) { state_ = state; }

private:
    State state_;
};

}  // namespace stockcast::siigo
