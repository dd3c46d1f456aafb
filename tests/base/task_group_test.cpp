#include "stockcast/base/task_group.hpp"

#include "support/manual_clock.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace stockcast;
using namespace std::chrono_literals;
using test::ManualClock;
using test::RecordingLog;

namespace {

using Trace = std::vector<std::string>;

asio::awaitable<void> finish_at_once(Trace& trace) {
    trace.push_back("ran");
    co_return;
}

asio::awaitable<void> throw_at_once() {
    throw std::runtime_error("broken on purpose");
    co_return;
}

asio::awaitable<void> throw_a_number() {
    throw 7;
    co_return;
}

/// Ends at a message boundary: hears total, says goodbye, which takes two seconds.
asio::awaitable<void> polite(Clock& clock, Trace& trace) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    while ((co_await clock.sleep_for(1h)).has_value()) {
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    const auto goodbye = co_await clock.sleep_for(2s);
    trace.push_back(goodbye ? "goodbye" : "cut short");
}

/// Deaf to total, as every coroutine is that says nothing.
asio::awaitable<void> deaf(Clock& clock, Trace& trace) {
    const auto slept = co_await clock.sleep_for(1h);
    trace.push_back(slept ? "slept" : "terminal");
}

/// Goes on awaiting after its cancellation, which throws.
asio::awaitable<void> careless(Clock& clock) {
    for (;;) static_cast<void>(co_await clock.sleep_for(1h));
}

/// Hears nothing at all.
asio::awaitable<void> stubborn(Clock& clock, Trace& trace) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    static_cast<void>(co_await clock.sleep_for(10s));
    trace.push_back("stubborn");
}

asio::awaitable<void> wind_down(TaskGroup& group, std::chrono::milliseconds patience, Trace& trace) {
    co_await group.wind_down(patience);
    trace.push_back("all ended");
}

asio::awaitable<void> spawn_another(TaskGroup& group, Clock& clock, Trace& trace) {
    static_cast<void>(co_await clock.sleep_for(1s));
    group.spawn("another", finish_at_once(trace));
}

struct Fixture {
    ManualClock clock;
    RecordingLog log;
    asio::io_context io;
    TaskGroup group{io.get_executor(), clock, log};
    Trace trace;

    void begin_wind_down(std::chrono::milliseconds patience) {
        asio::co_spawn(io, wind_down(group, patience, trace), asio::detached);
        test::run_until_idle(io);
    }
};

}  // namespace

TEST_CASE("a task that ends leaves its group", "[task_group]") {
    Fixture f;
    f.group.spawn("short", finish_at_once(f.trace));
    CHECK(f.group.size() <= 1);
    test::run_until_idle(f.io);
    CHECK(f.group.size() == 0);
    CHECK(f.trace == Trace{"ran"});
    CHECK(f.log.lines().empty());
}

TEST_CASE("what a task throws is logged with its name, and the others go on", "[task_group]") {
    Fixture f;
    f.group.spawn("poll", throw_at_once());
    f.group.spawn("odd", throw_a_number());
    f.group.spawn("other", deaf(f.clock, f.trace));
    test::run_until_idle(f.io);
    CHECK(f.group.size() == 1);
    REQUIRE(f.log.lines().size() == 2);
    CHECK(f.log.lines()[0].english == "task poll failed: broken on purpose");
    CHECK(f.log.lines()[0].level == LogLevel::error);
    CHECK(f.log.lines()[1].english == "task odd failed for an unknown reason");
    f.begin_wind_down(0ms);
    CHECK(f.group.size() == 0);
}

TEST_CASE("an empty group winds down at once", "[task_group]") {
    Fixture f;
    f.begin_wind_down(1h);
    CHECK(f.trace == Trace{"all ended"});
}

TEST_CASE("winding down says total first, and waits for goodbyes", "[task_group]") {
    Fixture f;
    f.group.spawn("session", polite(f.clock, f.trace));
    test::run_until_idle(f.io);
    f.begin_wind_down(3s);
    f.clock.advance(f.io, 1s);
    CHECK(f.trace.empty());
    f.clock.advance(f.io, 1s);
    CHECK(f.trace == Trace{"goodbye", "all ended"});
    CHECK(f.clock.sleepers() == 0);
}

TEST_CASE("who has not ended within the patience hears terminal", "[task_group]") {
    Fixture f;
    f.group.spawn("session", polite(f.clock, f.trace));
    f.group.spawn("deaf", deaf(f.clock, f.trace));
    test::run_until_idle(f.io);
    f.begin_wind_down(1s);
    f.clock.advance(f.io, 1s - 1ns);
    CHECK(f.trace.empty());
    f.clock.advance(f.io, 1ns);
    CHECK(f.trace == Trace{"cut short", "terminal", "all ended"});
    CHECK(f.log.lines().empty());
}

TEST_CASE("a stubborn task is named in the log, and waited for", "[task_group]") {
    Fixture f;
    f.group.spawn("mule", stubborn(f.clock, f.trace));
    f.group.spawn("deaf", deaf(f.clock, f.trace));
    test::run_until_idle(f.io);
    f.begin_wind_down(1s);
    f.clock.advance(f.io, 2s);
    CHECK(f.log.has("still running after being told to stop: mule"));
    CHECK(f.group.size() == 1);
    f.clock.advance(f.io, 8s);
    CHECK(f.trace == Trace{"terminal", "stubborn", "all ended"});
}

TEST_CASE("what a cancelled task throws by awaiting on is no failure", "[task_group]") {
    Fixture f;
    f.group.spawn("careless", careless(f.clock));
    test::run_until_idle(f.io);
    f.begin_wind_down(1s);
    f.clock.advance(f.io, 1s);
    CHECK(f.trace == Trace{"all ended"});
    CHECK(f.log.lines().empty());
}

TEST_CASE("nothing is started once winding down began", "[task_group]") {
    Fixture f;
    f.group.spawn("late starter", spawn_another(f.group, f.clock, f.trace));
    test::run_until_idle(f.io);
    f.begin_wind_down(5s);
    f.clock.advance(f.io, 1s);
    CHECK(f.trace == Trace{"all ended"});
    CHECK(f.group.size() == 0);
}

TEST_CASE("who is being stopped still ends its own group", "[task_group]") {
    Fixture f;
    asio::cancellation_signal signal;
    f.group.spawn("session", polite(f.clock, f.trace));
    asio::co_spawn(f.io, wind_down(f.group, 3s, f.trace), asio::bind_cancellation_slot(signal.slot(), asio::detached));
    test::run_until_idle(f.io);
    signal.emit(asio::cancellation_type::terminal);
    f.clock.advance(f.io, 1s);
    CHECK(f.trace.empty());
    f.clock.advance(f.io, 1s);
    CHECK(f.trace == Trace{"goodbye", "all ended"});
}

TEST_CASE("tasks that never run again go with their io_context", "[task_group]") {
    ManualClock clock;
    RecordingLog log;
    Trace trace;
    {
        asio::io_context io;
        TaskGroup group{io.get_executor(), clock, log};
        group.spawn("session", polite(clock, trace));
        test::run_until_idle(io);
        CHECK(group.size() == 1);
        CHECK(clock.sleepers() == 1);
    }
    CHECK(trace.empty());
    CHECK(clock.sleepers() == 0);
}
