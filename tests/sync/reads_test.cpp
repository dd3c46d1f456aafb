#include "support/builders.hpp"
#include "sync/read_queue.hpp"
#include "sync/token_bucket.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

const Steady start{1'000'000s};

}  // namespace

TEST_CASE("a budget allows its burst, then its rate, and saves up no more than the burst", "[sync]") {
    TokenBucket budget{20, 10, start};
    unsigned taken = 0;
    while (budget.take(start)) ++taken;
    CHECK(taken == 10);

    CHECK_FALSE(budget.take(start + 2s));
    CHECK(budget.take(start + 3s));
    CHECK_FALSE(budget.take(start + 3s));

    taken = 0;
    for (auto at = start + 3s; at < start + 63s; at += 100ms) taken += budget.take(at) ? 1U : 0U;
    CHECK(taken >= 19);
    CHECK(taken <= 20);

    taken = 0;
    while (budget.take(start + 1h)) ++taken;
    CHECK(taken == 10);
}

TEST_CASE("a clock that steps back gives no tokens", "[sync]") {
    TokenBucket budget{60, 1, start};
    CHECK(budget.take(start));
    CHECK_FALSE(budget.take(start - 1h));
    CHECK_FALSE(budget.take(start + 500ms));
    CHECK(budget.take(start + 1s));
}

TEST_CASE("a product waits once, at the earlier of its times", "[sync]") {
    ReadQueue queue{10};
    CHECK(queue.add(product_id(1), {start + 10s}));
    CHECK(queue.add(product_id(1), {start + 5s}));
    CHECK(queue.add(product_id(1), {start + 20s}));
    CHECK(queue.size() == 1);
    CHECK(queue.next_due() == start + 5s);
    CHECK(queue.take_due(start + 4s, 20).empty());
    CHECK(queue.take_due(start + 5s, 20).size() == 1);
    CHECK_FALSE(queue.next_due());
}

TEST_CASE("those that are due come in their order, as many as asked for", "[sync]") {
    ReadQueue queue{100};
    for (std::uint64_t n = 1; n <= 30; ++n) queue.add(product_id(n), {start + std::chrono::seconds{31 - n}});
    const auto due = queue.take_due(start + 25s, 20);
    REQUIRE(due.size() == 20);
    CHECK(due.front().first == product_id(30));
    CHECK(due.back().first == product_id(11));
    CHECK(queue.size() == 10);
}

TEST_CASE("a full queue takes no further product, but still one that waits already", "[sync]") {
    ReadQueue queue{2};
    CHECK(queue.add(product_id(1), {start}));
    CHECK(queue.add(product_id(2), {start}));
    CHECK_FALSE(queue.add(product_id(3), {start}));
    CHECK(queue.add(product_id(2), {start}));
    CHECK(queue.size() == 2);
}

TEST_CASE("a product that must be asked for alone is", "[sync]") {
    ReadQueue queue{10};
    queue.add(product_id(1), {start});
    queue.add(product_id(2), {start + 1s, 0, /*alone=*/true});
    queue.add(product_id(3), {start + 2s});
    CHECK(queue.take_due(start + 5s, 20).size() == 1);
    const auto alone = queue.take_due(start + 5s, 20);
    REQUIRE(alone.size() == 1);
    CHECK(alone.front().first == product_id(2));
    CHECK(queue.take_due(start + 5s, 20).size() == 1);
}
