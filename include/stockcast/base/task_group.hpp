#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace stockcast {

/// Owns the coroutines started in it: whoever starts a task holds its group and ends it. One executor, no threads.
class TaskGroup {
public:
    TaskGroup(asio::any_io_executor executor, Clock& clock, Log& log);
    /// Every task must have ended (`wind_down` first), or never run again: after `io_context::stop()`, or when starting
    /// failed. Such a task's frame goes with the io_context.
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task`; what it throws is logged with `name`. After `wind_down` began nothing is started (the task's
    /// frame is destroyed unrun).
    void spawn(std::string name, asio::awaitable<void> task);
    std::size_t size() const;

    /// Emits total cancellation, waits up to `patience` for all to end, then emits terminal and waits again.
    asio::awaitable<void> wind_down(std::chrono::milliseconds patience);

private:
    struct State;
    std::shared_ptr<State> state_;  // the completion handlers share it: a task may end after its group
};

}  // namespace stockcast
