#pragma once

#include "stockcast/base/clock.hpp"

#include <chrono>

namespace stockcast::siigo {

/// Stops asking a SIIGO that does not answer: five failures in a row open it; after a pause one probe goes out (half
/// open), whose success closes it and whose failure doubles the pause, from 10 s to what the caller allows. Pure. One
/// request at a time is under way, so the probe is simply the next one.
class CircuitBreaker {
public:
    static constexpr unsigned failures_to_open = 5;
    static constexpr std::chrono::seconds first_pause{10};

    void succeeded();
    /// `longest`: the pause doubles up to it.
    void failed(Steady at, std::chrono::seconds longest);

    bool is_open() const { return failures_ >= failures_to_open; }
    /// When the next request may go out; `now` when closed or half open.
    Steady earliest(Steady now) const;

    /// What outlives a restart, while it is open: the pause, and its end.
    std::chrono::seconds pause() const { return pause_; }
    Steady open_until() const { return open_until_; }
    void restore(std::chrono::seconds pause, Steady open_until);

private:
    unsigned failures_ = 0;
    std::chrono::seconds pause_{first_pause};
    Steady open_until_{};
};

}  // namespace stockcast::siigo
