#include "stockcast/base/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace stockcast {

Steady SystemClock::now() const {
    return std::chrono::steady_clock::now();
}

Instant SystemClock::wall() const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::floor<Instant::Ticks>(since_epoch)};
}

asio::awaitable<Result<void>> SystemClock::sleep_until(Steady deadline) {
    // A coroutine that was cancelled before it came here hears nothing more: without this it would sleep on.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return Errc::stopping;

    asio::steady_timer timer{co_await asio::this_coro::executor, deadline};
    const auto [ec] = co_await timer.async_wait(as_value);
    if (ec) co_return Errc::stopping;
    co_return Result<void>{};
}

}  // namespace stockcast
