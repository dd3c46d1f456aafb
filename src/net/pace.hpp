#pragma once

#include "stockcast/base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace stockcast {

/// Whether the other end of a connection keeps up with a least rate. It may be `slack` behind that rate, and stand still
/// for no longer: who was fast for long has no credit for a pause.
class Pace {
public:
    Pace(std::uint32_t bytes_per_second, std::chrono::milliseconds slack) : rate_(bytes_per_second), slack_(slack) {}

    /// What `bytes` may take, from first to last.
    std::chrono::milliseconds time_for(std::uint64_t bytes) const {
        return slack_ + std::chrono::milliseconds{bytes * 1000 / rate_};
    }

    /// Until when a piece that is offered now must have been taken. Only the time between an offer and its end counts:
    /// that we are slow to make a piece is not the reader's fault.
    Steady offer(Steady now, std::uint64_t bytes) {
        offered_at_ = now;
        offered_ += bytes;
        return now + std::min<std::chrono::nanoseconds>(time_for(bytes), time_for(offered_) - waited_);
    }
    void taken(Steady now) { waited_ += now - offered_at_; }

private:
    std::uint32_t rate_;
    std::chrono::milliseconds slack_;
    std::uint64_t offered_ = 0;
    Steady offered_at_{};
    std::chrono::nanoseconds waited_{0};
};

}  // namespace stockcast
