#include "stockcast/base/within.hpp"

#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include "stockcast/base/event.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace stockcast;
using namespace std::chrono_literals;
using test::ManualClock;

namespace {

/// Takes `how_long`, then says so; a cancellation ends it early.
asio::awaitable<Result<std::string>> take(Clock& clock, std::chrono::seconds how_long, std::string& trace) {
    const auto slept = co_await clock.sleep_for(how_long);
    trace += slept ? "done" : "cancelled";
    if (!slept) co_return slept.error();
    co_return std::string{"answer"};
}

asio::awaitable<Result<std::string>> fail_at_once() {
    co_return Errc::not_found;
}

/// Hears of its cancellation and still takes its time, as a job on another thread does.
asio::awaitable<Result<std::string>> stubborn(Clock& clock, std::string& trace) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_return co_await take(clock, 10s, trace);
}

asio::awaitable<void> bounded(Clock& clock, Steady deadline, asio::awaitable<Result<std::string>> work,
                              std::optional<Result<std::string>>& out) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    out = co_await within(clock, deadline, std::move(work));
}

struct Fixture {
    ManualClock clock;
    asio::io_context io;
    asio::cancellation_signal signal;
    std::string trace;
    std::optional<Result<std::string>> out;

    void start(std::chrono::seconds limit, asio::awaitable<Result<std::string>> work) {
        asio::co_spawn(io, bounded(clock, clock.now() + limit, std::move(work), out),
                       asio::bind_cancellation_slot(signal.slot(), asio::detached));
        test::run_until_idle(io);
    }
};

}  // namespace

TEST_CASE("work that ends in time gives its own answer, and the timer goes", "[within]") {
    Fixture f;
    f.start(5s, take(f.clock, 4s, f.trace));
    f.clock.advance(f.io, 4s);
    REQUIRE(f.out);
    REQUIRE(*f.out);
    CHECK(**f.out == "answer");
    CHECK(f.clock.sleepers() == 0);
}

TEST_CASE("work that fails in time gives its own error at once", "[within]") {
    Fixture f;
    f.start(5s, fail_at_once());
    REQUIRE(f.out);
    CHECK(f.out->error() == Errc::not_found);
    CHECK(f.clock.sleepers() == 0);
}

TEST_CASE("work past its deadline is cancelled and has timed out", "[within]") {
    Fixture f;
    f.start(5s, take(f.clock, 6s, f.trace));
    f.clock.advance(f.io, 5s);
    REQUIRE(f.out);
    CHECK(f.out->error() == Errc::timed_out);
    CHECK(f.trace == "cancelled");
    CHECK(f.clock.sleepers() == 0);
}

TEST_CASE("a deadline in the past ends work that waits", "[within]") {
    Fixture f;
    f.start(-1s, take(f.clock, 1s, f.trace));
    REQUIRE(f.out);
    CHECK(f.out->error() == Errc::timed_out);
    CHECK(f.clock.sleepers() == 0);
}

TEST_CASE("work that does not listen is waited for, and has timed out all the same", "[within]") {
    Fixture f;
    f.start(5s, stubborn(f.clock, f.trace));
    f.clock.advance(f.io, 9s);
    CHECK_FALSE(f.out);
    f.clock.advance(f.io, 1s);
    REQUIRE(f.out);
    CHECK(f.out->error() == Errc::timed_out);
    CHECK(f.trace == "done");
}

TEST_CASE("cancelling the caller stops both sides: stopping, not timed out", "[within]") {
    for (const auto type : {asio::cancellation_type::total, asio::cancellation_type::terminal}) {
        Fixture f;
        f.start(5s, take(f.clock, 6s, f.trace));
        f.signal.emit(type);
        test::run_until_idle(f.io);
        REQUIRE(f.out);
        CHECK(f.out->error() == Errc::stopping);
        CHECK(f.trace == "cancelled");
        CHECK(f.clock.sleepers() == 0);
    }
}

TEST_CASE("one limit inside another: the nearer deadline wins", "[within]") {
    Fixture f;
    f.start(5s, within(f.clock, f.clock.now() + 3s, take(f.clock, 10s, f.trace)));
    f.clock.advance(f.io, 3s);
    REQUIRE(f.out);
    CHECK(f.out->error() == Errc::timed_out);
    CHECK(f.clock.sleepers() == 0);

    Fixture g;
    g.start(3s, within(g.clock, g.clock.now() + 5s, take(g.clock, 10s, g.trace)));
    g.clock.advance(g.io, 3s);
    REQUIRE(g.out);
    CHECK(g.out->error() == Errc::timed_out);
    CHECK(g.clock.sleepers() == 0);
}
