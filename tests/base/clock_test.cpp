#include "stockcast/base/clock.hpp"

#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include "stockcast/base/event.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace stockcast;
using namespace std::chrono_literals;
using test::ManualClock;

namespace {

using Outcome = std::optional<Result<void>>;

asio::awaitable<void> sleep(Clock& clock, Steady deadline, Outcome& outcome) {
    outcome = co_await clock.sleep_until(deadline);
}

/// Hears total cancellation too, and goes on after it, as a session does that says goodbye.
asio::awaitable<void> sleep_twice(Clock& clock, Outcome& first, Outcome& second) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    first = co_await clock.sleep_for(1h);
    second = co_await clock.sleep_for(1h);
}

asio::awaitable<void> tick(Clock& clock, std::string name, std::chrono::seconds every, int times,
                           std::vector<std::string>& seen) {
    for (int i = 0; i < times; ++i) {
        const auto slept = co_await clock.sleep_for(every);
        if (!slept) co_return;
        const auto since = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count();
        seen.push_back(name + std::to_string(since % 3600));
    }
}

void start(asio::io_context& io, asio::awaitable<void> work, asio::cancellation_signal& signal) {
    asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(signal.slot(), asio::detached));
}

/// Both clocks must end a sleep in the same way.
template <class Wake>
void check_cancelled_sleep(Clock& clock, Wake run_ready) {
    asio::io_context io;
    asio::cancellation_signal signal;
    Outcome first, second;
    start(io, sleep_twice(clock, first, second), signal);
    run_ready(io);
    REQUIRE_FALSE(first);

    signal.emit(asio::cancellation_type::total);
    run_ready(io);
    REQUIRE(first);
    CHECK(first->error() == Errc::stopping);
    REQUIRE(second);  // not an hour: who is stopped already does not sleep
    CHECK(second->error() == Errc::stopping);

    asio::cancellation_signal terminal;
    Outcome outcome;
    start(io, sleep(clock, clock.now() + 1h, outcome), terminal);
    run_ready(io);
    terminal.emit(asio::cancellation_type::total);  // not enabled: not heard
    run_ready(io);
    CHECK_FALSE(outcome);
    terminal.emit(asio::cancellation_type::terminal);
    run_ready(io);
    REQUIRE(outcome);
    CHECK(outcome->error() == Errc::stopping);
}

}  // namespace

TEST_CASE("the system clock wakes at the deadline, not before", "[clock]") {
    SystemClock clock;
    asio::io_context io;
    const auto before = clock.now();
    const auto slept = test::run(io, clock.sleep_until(before + 5ms));
    CHECK(slept);
    CHECK(clock.now() >= before + 5ms);
    const auto past = test::run(io, clock.sleep_until(before - 1h));
    CHECK(past);
    CHECK(clock.wall() > *Instant::parse("2024-01-01"));
}

TEST_CASE("a cancelled sleep ends with stopping, on either clock", "[clock]") {
    SystemClock system;
    check_cancelled_sleep(system, [](asio::io_context& io) { test::run_until_idle(io); });
    ManualClock manual;
    check_cancelled_sleep(manual, [](asio::io_context& io) { test::run_until_idle(io); });
    CHECK(manual.sleepers() == 0);
}

TEST_CASE("manual time wakes nobody before the deadline", "[clock]") {
    ManualClock clock;
    asio::io_context io;
    asio::cancellation_signal signal;
    Outcome outcome;
    start(io, sleep(clock, clock.now() + 10s, outcome), signal);
    clock.advance(io, 10s - 1ns);
    CHECK_FALSE(outcome);
    CHECK(clock.sleepers() == 1);
    clock.advance(io, 1ns);
    REQUIRE(outcome);
    CHECK(*outcome);
    CHECK(clock.sleepers() == 0);
}

TEST_CASE("manual time wakes in the order of deadlines, also those who sleep again on the way", "[clock]") {
    ManualClock clock;
    asio::io_context io;
    asio::cancellation_signal signals[2];
    std::vector<std::string> seen;
    start(io, tick(clock, "slow", 3s, 2, seen), signals[0]);
    start(io, tick(clock, "fast", 2s, 3, seen), signals[1]);
    clock.advance(io, 7s);
    CHECK(seen == std::vector<std::string>{"fast2", "slow3", "fast4", "slow6", "fast6"});
}

TEST_CASE("manual wall time goes along, and can be put back alone", "[clock]") {
    ManualClock clock;
    const auto steady = clock.now();
    clock.advance(90s);
    CHECK(clock.wall().to_iso() == "2025-01-20T12:01:30Z");
    clock.set_wall(*Instant::parse("2025-01-20T11:00:00Z"));
    clock.advance(1s);
    CHECK(clock.wall().to_iso() == "2025-01-20T11:00:01Z");
    CHECK(clock.now() == steady + 91s);
}

TEST_CASE("a sleeper may outlive its manual clock, and its io_context the sleeper", "[clock]") {
    asio::io_context io;
    asio::cancellation_signal signal;
    Outcome outcome;
    {
        ManualClock clock;
        start(io, sleep(clock, clock.now() + 1s, outcome), signal);
        test::run_until_idle(io);
    }
    signal.emit(asio::cancellation_type::terminal);
    test::run_until_idle(io);
    REQUIRE(outcome);
    CHECK(outcome->error() == Errc::stopping);
}

TEST_CASE("running on virtual time ends when the work does, and says when it is stuck", "[clock]") {
    ManualClock clock;
    asio::io_context io;
    const auto start_time = clock.now();
    const auto slept = test::run(io, clock, clock.sleep_for(24h));
    CHECK(slept);
    CHECK(clock.now() == start_time + 24h);

    Event never{io.get_executor()};
    CHECK_THROWS_WITH(test::run(io, clock, never.wait()), Catch::Contains("stuck"));
}
