#include "support/manual_clock.hpp"

#include "support/run.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <map>

namespace stockcast::test {

struct ManualClock::State {
    /// A coroutine parked on a timer that never fires: the io_context owns what waits there, as with the real clock.
    struct Sleeper {
        asio::steady_timer parked;
        bool reached = false;
    };
    using Sleepers = std::multimap<Steady, Sleeper*>;  // equal deadlines in the order of their coming

    /// Takes the sleeper out however its coroutine ends.
    struct Place {
        std::shared_ptr<State> state;
        Sleepers::iterator at;
        Place(std::shared_ptr<State> owner, Steady deadline, Sleeper& sleeper)
            : state(std::move(owner)), at(state->sleepers.emplace(deadline, &sleeper)) {}
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() {
            if (at != state->sleepers.end()) state->sleepers.erase(at);
        }
    };

    void wake_due() {
        for (auto at = sleepers.begin(); at != sleepers.end() && at->first <= now; ++at) {
            at->second->reached = true;
            at->second->parked.cancel();
        }
    }

    std::optional<Steady> next_deadline() const {
        for (const auto& [deadline, sleeper] : sleepers) {
            if (!sleeper->reached) return deadline;
        }
        return std::nullopt;
    }

    void move_on(std::chrono::nanoseconds by) {
        now += by;
        wall_ahead += by;
        wake_due();
    }

    Steady now{std::chrono::hours{1000}};
    Instant wall_base = *Instant::parse("2025-01-20T12:00:00Z");
    std::chrono::nanoseconds wall_ahead{0};  // kept apart: an Instant alone would cut each step to 100 ns
    Sleepers sleepers;
};

ManualClock::ManualClock() : state_(std::make_shared<State>()) {}
ManualClock::~ManualClock() = default;

Steady ManualClock::now() const {
    return state_->now;
}

Instant ManualClock::wall() const {
    return state_->wall_base + state_->wall_ahead;
}

asio::awaitable<Result<void>> ManualClock::sleep_until(Steady deadline) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return Errc::stopping;
    if (deadline <= state_->now) co_return Result<void>{};

    State::Sleeper sleeper{{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()}};
    const State::Place place{state_, deadline, sleeper};
    co_await sleeper.parked.async_wait(as_value);
    if (!sleeper.reached) co_return Errc::stopping;
    co_return Result<void>{};
}

void ManualClock::advance(std::chrono::nanoseconds by) {
    state_->move_on(by);
}

void ManualClock::advance(asio::io_context& io, std::chrono::nanoseconds by) {
    const auto until = state_->now + by;
    run_until_idle(io);
    for (;;) {
        const auto next = state_->next_deadline();
        if (!next || *next > until) break;
        if (*next > state_->now) advance(*next - state_->now);
        state_->wake_due();
        run_until_idle(io);
    }
    advance(until - state_->now);
    run_until_idle(io);
}

void ManualClock::set_wall(Instant at) {
    state_->wall_base = at;
    state_->wall_ahead = std::chrono::nanoseconds{0};
}

std::size_t ManualClock::sleepers() const {
    return state_->sleepers.size();
}

std::optional<Steady> ManualClock::next_deadline() const {
    return state_->next_deadline();
}

}  // namespace stockcast::test
