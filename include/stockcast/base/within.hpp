#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/result.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace stockcast {

/// Lets `work` hear a total cancellation. `||` and a fresh `co_spawn` start each side deaf to it (terminal only).
template <class T>
asio::awaitable<T> stoppable(asio::awaitable<T> work) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_return co_await std::move(work);
}

/// Runs `work` until `deadline`, then cancels it and returns `timed_out`; `stopping` when we ourselves were cancelled.
/// `work` must return its errors and never throw: `||` waits for a *success*, a throw would wait for the timer.
/// A cancelled stream is unusable afterwards: close it.
template <class T>
asio::awaitable<Result<T>> within(Clock& clock, Steady deadline, asio::awaitable<Result<T>> work) {
    using namespace asio::experimental::awaitable_operators;
    auto first = co_await (stoppable(std::move(work)) || stoppable(clock.sleep_until(deadline)));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    co_return std::get<1>(first) ? Errc::timed_out : Errc::stopping;
}

}  // namespace stockcast
