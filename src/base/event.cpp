#include "stockcast/base/event.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdint>

namespace stockcast {

/// A timer that never fires is Asio's own queue of waiting coroutines: it is first in, first out, each wait can be
/// cancelled alone, and the io_context destroys what is still parked in it. No time passes here.
struct Event::State {
    explicit State(asio::any_io_executor executor)
        : parked(std::move(executor), asio::steady_timer::time_point::max()) {}

    asio::steady_timer parked;
    std::uint64_t notified = 0;  ///< tells a wake-up from a cancellation: both end the wait with the same code
};

Event::Event(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

Event::~Event() {
    state_->parked.cancel();
}

void Event::notify_all() {
    ++state_->notified;
    state_->parked.cancel();
}

asio::awaitable<Result<void>> Event::wait() {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return Errc::stopping;

    const auto state = state_;  // the event may be gone when this resumes
    const auto before = state->notified;
    co_await state->parked.async_wait(as_value);
    if (state->notified == before) co_return Errc::stopping;
    co_return Result<void>{};
}

}  // namespace stockcast
