#include "stockcast/base/event.hpp"

#include "support/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <optional>
#include <vector>

using namespace stockcast;

namespace {

asio::awaitable<void> wait(Event& event, int name, std::vector<int>& woken) {
    const auto result = co_await event.wait();
    woken.push_back(result ? name : -name);
}

asio::awaitable<void> wait_twice(Event& event, std::vector<int>& woken) {
    for (int i = 1; i <= 2; ++i) {
        const auto result = co_await event.wait();
        woken.push_back(result ? i : -i);
    }
}

asio::awaitable<void> wait_when_cancelled(Event& event, std::vector<int>& woken) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await wait(event, 1, woken);
    co_await wait(event, 2, woken);
}

void start(asio::io_context& io, asio::awaitable<void> work) {
    asio::co_spawn(io, std::move(work), asio::detached);
    test::run_until_idle(io);
}

}  // namespace

TEST_CASE("an event wakes all that wait, in the order of their coming, and by a post", "[event]") {
    asio::io_context io;
    Event event{io.get_executor()};
    std::vector<int> woken;
    for (int i = 1; i <= 3; ++i) start(io, wait(event, i, woken));

    event.notify_all();
    CHECK(woken.empty());
    test::run_until_idle(io);
    CHECK(woken == std::vector{1, 2, 3});
}

TEST_CASE("an event remembers nothing: a later wait is for a later change", "[event]") {
    asio::io_context io;
    Event event{io.get_executor()};
    std::vector<int> woken;
    event.notify_all();
    start(io, wait_twice(event, woken));
    CHECK(woken.empty());
    event.notify_all();
    event.notify_all();  // before the first is resumed: once is all it gets
    test::run_until_idle(io);
    CHECK(woken == std::vector{1});
    event.notify_all();
    test::run_until_idle(io);
    CHECK(woken == std::vector{1, 2});
}

TEST_CASE("cancelling one waiter leaves the others waiting", "[event]") {
    asio::io_context io;
    Event event{io.get_executor()};
    std::vector<int> woken;
    asio::cancellation_signal signal;
    start(io, wait(event, 1, woken));
    asio::co_spawn(io, wait(event, 2, woken), asio::bind_cancellation_slot(signal.slot(), asio::detached));
    start(io, wait(event, 3, woken));

    signal.emit(asio::cancellation_type::terminal);
    test::run_until_idle(io);
    CHECK(woken == std::vector{-2});
    event.notify_all();
    test::run_until_idle(io);
    CHECK(woken == std::vector{-2, 1, 3});
}

TEST_CASE("who is cancelled already does not wait", "[event]") {
    asio::io_context io;
    Event event{io.get_executor()};
    std::vector<int> woken;
    asio::cancellation_signal signal;
    asio::co_spawn(io, wait_when_cancelled(event, woken), asio::bind_cancellation_slot(signal.slot(), asio::detached));
    test::run_until_idle(io);
    signal.emit(asio::cancellation_type::total);
    test::run_until_idle(io);
    CHECK(woken == std::vector{-1, -2});
}

TEST_CASE("destroying an event ends its waits, but a notified one stays notified", "[event]") {
    asio::io_context io;
    std::vector<int> woken;
    std::optional<Event> event{io.get_executor()};
    start(io, wait(*event, 1, woken));
    event->notify_all();
    event.reset();
    test::run_until_idle(io);
    CHECK(woken == std::vector{1});

    event.emplace(io.get_executor());
    start(io, wait(*event, 2, woken));
    event.reset();
    test::run_until_idle(io);
    CHECK(woken == std::vector{1, -2});
}
