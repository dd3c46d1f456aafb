#include "siigo/circuit_breaker.hpp"
#include "siigo/failure_share.hpp"
#include "siigo/quota_window.hpp"
#include "siigo/refusal_gate.hpp"
#include "siigo/retry_budget.hpp"
#include "siigo/turn_queue.hpp"
#include "support/builders.hpp"
#include "support/seeded_random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;

namespace {

const Steady t0{1000h};
const Instant noon = test::at("12:00");

std::size_t most_in_a_minute(const std::vector<Steady>& times) {
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; last < times.size(); ++last) {
        while (times[last] - times[first] >= 60s) ++first;
        most = std::max(most, last - first + 1);
    }
    return most;
}

FailureShare share_of(std::uint64_t failures, std::uint64_t calls, Instant at = noon) {
    FailureShare share;
    for (std::uint64_t i = 0; i < calls; ++i) share.count(at, i < failures);
    return share;
}

}  // namespace

TEST_CASE("a new quota lets the full allowance out at once, but for the spacing", "[siigo]") {
    QuotaWindow quota{{.per_minute = 10, .spacing = 200ms}};
    Steady now = t0;
    for (int i = 0; i < 10; ++i) {
        now = quota.earliest(now);
        quota.started(now);
        quota.ended(now);
    }
    CHECK(now == t0 + 9 * 200ms);
    CHECK(quota.earliest(now) == t0 + QuotaWindow::window);
}

TEST_CASE("the spacing counts from when a request left, not from when its place was taken", "[siigo]") {
    QuotaWindow quota{{.per_minute = 10, .spacing = 200ms}};
    quota.started(t0);
    quota.left(t0 + 150ms);  // its reservation took that long to become durable
    quota.ended(t0 + 160ms);
    CHECK(quota.earliest(t0 + 160ms) == t0 + 350ms);
}

TEST_CASE("no sliding minute holds more arrivals than the quota, however long requests are under way", "[siigo]") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        INFO("seed " << seed);
        test::SeededRandom random{seed};
        const auto limit = static_cast<unsigned>(1 + random.below(20));
        QuotaWindow quota{{.per_minute = limit, .spacing = 100ms}};
        std::vector<Steady> starts, arrivals;
        Steady now = t0;
        for (int i = 0; i < 300; ++i) {
            now += std::chrono::milliseconds{random.below(3) == 0 ? random.below(20'000) : 0};
            now = quota.earliest(now);
            quota.started(now);
            starts.push_back(now);
            const auto took = std::chrono::milliseconds{random.below(4'000)};
            arrivals.push_back(now +
                               std::chrono::milliseconds{random.below(static_cast<std::uint64_t>(took.count()) + 1)});
            if (random.below(20) == 0) {  // killed and started again
                const auto kept = quota.sends(now);
                now += took;
                quota = QuotaWindow{{.per_minute = limit, .spacing = 100ms}};
                quota.restore(kept, now);
            } else {
                now += took;
                quota.ended(now);
            }
        }
        CHECK(most_in_a_minute(arrivals) <= limit);
        for (std::size_t i = 1; i < starts.size(); ++i) CHECK(starts[i] - starts[i - 1] >= 100ms);
    }
}

TEST_CASE("a request that never left gives its place back, an unknown past takes all places", "[siigo]") {
    QuotaWindow quota{{.per_minute = 1, .spacing = 0ms}};
    quota.started(t0);
    quota.take_back();
    CHECK(quota.earliest(t0) == t0);
    CHECK(quota.sends_in_window(t0) == 0);
    quota.use_up(t0);
    CHECK(quota.earliest(t0) == t0 + QuotaWindow::window);
    CHECK(quota.sends_in_window(t0 + QuotaWindow::window) == 0);
}

TEST_CASE("retries are a tenth of the calls, but never fewer than five a minute", "[siigo]") {
    struct Row {
        int calls;
        int retries;
    };
    const Row rows[] = {{0, 5}, {49, 5}, {60, 6}, {80, 8}};
    for (const auto& row : rows) {
        INFO(row.calls);
        RetryBudget budget;
        for (int i = 0; i < row.calls; ++i) budget.called(t0);
        int taken = 0;
        while (budget.take(t0) && taken < 100) ++taken;
        CHECK(taken == row.retries);
        CHECK_FALSE(budget.take(t0 + 59s));
        CHECK(budget.take(t0 + 60s));
    }
}

TEST_CASE("the breaker opens after five failures in a row, probes with growing pauses, closes on the first success",
          "[siigo]") {
    CircuitBreaker breaker;
    for (int i = 0; i < 4; ++i) breaker.failed(t0, 300s);
    breaker.succeeded();
    for (int i = 0; i < 4; ++i) breaker.failed(t0, 300s);
    CHECK_FALSE(breaker.is_open());
    breaker.failed(t0, 300s);
    CHECK(breaker.is_open());
    CHECK(breaker.earliest(t0) == t0 + 10s);
    CHECK(breaker.earliest(t0 + 11s) == t0 + 11s);

    Steady now = t0 + 10s;
    for (const auto pause : {20s, 40s, 80s, 160s, 300s, 300s}) {
        breaker.failed(now, 300s);
        CHECK(breaker.earliest(now) == now + pause);
        now += pause;
    }
    breaker.succeeded();
    CHECK_FALSE(breaker.is_open());
    CHECK(breaker.earliest(now) == now);
}

TEST_CASE("the failure share slows down well before SIIGO's block", "[siigo]") {
    using Pace = FailureShare::Pace;
    struct Row {
        std::uint64_t failures, calls;
        Pace pace;
    };
    const Row rows[] = {
        {0, 0, Pace::free},        {19, 19, Pace::free},      {20, 20, Pace::stopped},   {20, 49, Pace::stopped},
        {12, 50, Pace::free},      {13, 50, Pace::slowed},    {24, 100, Pace::free},     {25, 100, Pace::slowed},
        {39, 100, Pace::slowed},   {40, 100, Pace::probes},   {54, 100, Pace::probes},   {55, 100, Pace::stopped},
        {100, 100, Pace::stopped}, {250, 1000, Pace::slowed}, {549, 1000, Pace::probes}, {550, 1000, Pace::stopped},
    };
    for (const auto& row : rows) {
        INFO(row.failures << " of " << row.calls);
        const auto share = share_of(row.failures, row.calls);
        CHECK(share.pace(noon) == row.pace);
        CHECK(share.calls(noon) == row.calls);
        CHECK(share.failures(noon) == row.failures);
    }
}

TEST_CASE("what may still fail is spread over the time until failures are forgotten", "[siigo]") {
    CHECK(share_of(40, 100).longest_pause(noon) == std::chrono::seconds{169h} / 33);
    CHECK(share_of(400, 1000).longest_pause(noon) == std::chrono::seconds{169h} / 333);
    CHECK(share_of(54, 100).longest_pause(noon) == std::chrono::seconds{169h} / 2);
    CHECK(share_of(90, 100).longest_pause(noon) == 169h);
}

TEST_CASE("the share is low below 5 % of at least 50 calls", "[siigo]") {
    CHECK_FALSE(share_of(0, 49).is_low(noon));
    CHECK(share_of(0, 50).is_low(noon));
    CHECK(share_of(4, 100).is_low(noon));
    CHECK_FALSE(share_of(5, 100).is_low(noon));
}

TEST_CASE("failures are forgotten after their day or week, not before", "[siigo]") {
    const auto few = share_of(20, 20);
    CHECK(few.pace(noon + 24h) == FailureShare::Pace::stopped);
    CHECK(few.pace(noon + 25h) == FailureShare::Pace::free);
    const auto many = share_of(90, 100);
    CHECK(many.pace(noon + 168h) == FailureShare::Pace::stopped);
    CHECK(many.pace(noon + 169h) == FailureShare::Pace::free);
    CHECK(many.calls(noon + 169h) == 0);
    CHECK(FailureShare::next_hour(noon + 1s) == noon + 1h);
}

TEST_CASE("the share keeps to its buckets whatever the wall clock does", "[siigo]") {
    auto share = share_of(10, 100);
    for (int hour = 0; hour < 1000; ++hour) share.count(noon + std::chrono::hours{hour}, false);
    CHECK(share.buckets().size() <= 169);

    share = share_of(30, 100, noon + 24h * 365);
    share.count(noon, true);  // the clock was a year ahead, and is right again
    CHECK(share.calls(noon) == 101);
    CHECK(share.failures(noon) == 31);
    CHECK(share.calls(noon + 169h) == 0);

    FailureShare restored;
    restored.restore(share.buckets(), noon + 1h);
    CHECK(restored.failures(noon + 1h) == 31);
}

TEST_CASE("after three refusals in a row only probes go out, with growing pauses", "[siigo]") {
    RefusalGate gate;
    gate.refused(noon);
    gate.refused(noon);
    gate.accepted();
    gate.refused(noon);
    gate.refused(noon);
    CHECK_FALSE(gate.is_closed());
    CHECK(gate.earliest(noon) == noon);
    gate.refused(noon);
    CHECK(gate.is_closed());
    CHECK(gate.earliest(noon) == noon + 1min);

    Instant now = noon + 1min;
    for (const auto pause : {2min, 4min, 8min, 15min, 15min}) {
        gate.refused(now);
        CHECK(gate.earliest(now) == now + pause);
        now = now + pause;
    }
    now = noon + 24h;
    gate.refused(now);
    CHECK(gate.earliest(now) == now + 2h);

    RefusalGate restored;
    restored.restore(gate.state());
    CHECK(restored.earliest(now) == now + 2h);
    // The clock was put back: nobody waits for that time to come again.
    CHECK(restored.earliest(noon - 24h * 30) == noon - 24h * 30);
    restored.accepted();
    CHECK(restored.earliest(now) == now);
}

TEST_CASE("the purposes take turns, callers of one purpose keep their order", "[siigo]") {
    TurnQueue queue;
    const auto sync1 = *queue.enter(Purpose::sync);
    const auto sync2 = *queue.enter(Purpose::sync);
    const auto sync3 = *queue.enter(Purpose::sync);
    const auto read1 = *queue.enter(Purpose::read);
    const auto read2 = *queue.enter(Purpose::read);
    const auto read3 = *queue.enter(Purpose::read);
    const auto keeper = *queue.enter(Purpose::subscriptions);
    queue.leave(read2);  // gives up waiting
    for (const auto ticket : {sync1, read1, keeper, sync2, read3, sync3}) {
        CHECK(queue.is_turn(ticket));
        queue.leave(ticket);
    }
    CHECK(queue.is_idle());
}

TEST_CASE("the queue is bounded for each purpose alone", "[siigo]") {
    TurnQueue queue;
    const auto first = queue.enter(Purpose::read);
    for (std::size_t i = 0; i < TurnQueue::waiting_max; ++i) REQUIRE(queue.enter(Purpose::read));
    CHECK_FALSE(queue.enter(Purpose::read));
    CHECK(queue.enter(Purpose::sync));
    queue.leave(*first);
    queue.leave(*first);
    CHECK_FALSE(queue.is_idle());
}
