#pragma once

#include "stockcast/base/clock.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace stockcast::test {

/// Time that moves only when the test says so; both clocks go together. One thread, that of the io_context.
/// It starts at 2025-01-20T12:00:00Z, so that the stamps of SIIGO's examples (10:30 of that day) lie in the past.
class ManualClock final : public Clock {
public:
    ManualClock();
    ~ManualClock() override;
    ManualClock(const ManualClock&) = delete;
    ManualClock& operator=(const ManualClock&) = delete;

    Steady now() const override;
    Instant wall() const override;
    asio::awaitable<Result<void>> sleep_until(Steady deadline) override;

    /// Moves time on and wakes those whose deadline is reached, earliest first, without running any of them.
    void advance(std::chrono::nanoseconds by);
    /// The same step by step: at each deadline on the way all that can run runs, so a loop that sleeps again within the
    /// span wakes again, and sees the times that it would see.
    void advance(asio::io_context& io, std::chrono::nanoseconds by);
    /// Puts the wall clock alone forward or back, as an administrator or NTP does.
    void set_wall(Instant at);

    std::size_t sleepers() const;
    std::optional<Steady> next_deadline() const;

private:
    struct State;
    std::shared_ptr<State> state_;  // a sleeper's frame may be destroyed after the clock
};

}  // namespace stockcast::test
