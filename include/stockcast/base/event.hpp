#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace stockcast {

/// Wakes coroutines that wait for "something changed". Not a queue and not latched: test your condition, then wait; as
/// everything runs on one executor nothing slips between the two. Single-threaded.
class Event {
public:
    explicit Event(asio::any_io_executor executor);
    ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    /// Resumes all that wait now, each by a post to the executor.
    void notify_all();
    /// Errors: `stopping` when the waiting coroutine is cancelled or the event is destroyed.
    asio::awaitable<Result<void>> wait();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace stockcast
