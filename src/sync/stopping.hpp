#pragma once

#include "stockcast/base/asio.hpp"

#include <boost/asio/this_coro.hpp>

namespace stockcast {

/// For a loop that ends between two steps: total cancellation is heard, as an error of what is awaited and never as an
/// exception, and can be asked for with is_stopping().
inline asio::awaitable<void> hear_stop() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
}

/// To be asked before each wait: an operation begun after the cancellation does not hear of it any more.
inline asio::awaitable<bool> is_stopping() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace stockcast
