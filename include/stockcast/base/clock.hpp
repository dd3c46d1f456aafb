#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"

#include <chrono>

namespace stockcast {

/// A point of monotonic time: deadlines, spacing, durations.
using Steady = std::chrono::steady_clock::time_point;

/// The only source of time and the only way to wait for it, so that tests and the simulation own it.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Steady now() const = 0;
    virtual Instant wall() const = 0;
    /// Resumes at or after `deadline`, at once if that is past. Errors: `stopping` when the waiting coroutine is
    /// cancelled (total or terminal), never anything else.
    virtual asio::awaitable<Result<void>> sleep_until(Steady deadline) = 0;

    asio::awaitable<Result<void>> sleep_for(std::chrono::nanoseconds how_long) { return sleep_until(now() + how_long); }
};

/// The machine's clocks; timers live on the awaiting coroutine's executor.
class SystemClock final : public Clock {
public:
    Steady now() const override;
    Instant wall() const override;
    asio::awaitable<Result<void>> sleep_until(Steady deadline) override;
};

}  // namespace stockcast
