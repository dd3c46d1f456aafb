#include "stockcast/sync/fetcher.hpp"

#include "sync/world.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view by_id = "/v1/products?ids=";

/// A world whose first sync is some minutes ago and whose sync loop has stopped: what is asked for now, the fetcher
/// asks for, and the ledger believes it at once.
void sync_once(World& world, unsigned products) {
    world.siigo.create(products);
    world.start_sync();
    world.pass(1min);
    world.restart();
    world.pass(4min);
    world.siigo.forget_requests();
    world.start_fetcher();
}

std::size_t named(const ScriptedSiigo& siigo, std::uint64_t n) {
    return siigo.count(product_id(n).to_string());
}

}  // namespace

TEST_CASE("a hint at a known product is read within 5 s, and several of one moment in one request", "[sync]") {
    World world;
    sync_once(world, 50);
    for (const std::uint64_t n : {3U, 4U, 5U}) world.siigo.sell(n, "8");
    for (const std::uint64_t n : {3U, 4U, 5U, 3U, 4U, 5U}) CHECK(world.fetcher->hint(product_id(n)));
    world.pass(5s);
    CHECK(world.siigo.count(by_id) == 1);
    CHECK(world.stock(3) == "8");
    CHECK(world.stock(5) == "8");
    CHECK(world.fetcher->waiting() == 0);
}

TEST_CASE("hints cost no more than their budget, those at unknown products hardly anything", "[sync]") {
    World world;
    sync_once(world, 60);
    const auto hint_every_second = [&](std::uint64_t first, std::uint64_t last, std::chrono::seconds span) {
        auto n = first;
        for (auto passed = 0s; passed < span; passed += 1s) {
            (void)world.fetcher->hint(product_id(n));
            n = n == last ? first : n + 1;
            world.pass(1s);
        }
    };

    SECTION("known") {
        hint_every_second(1, 60, 60s);
        unsigned read = 0;
        for (std::uint64_t n = 1; n <= 60; ++n) read += named(world.siigo, n) > 0 ? 1U : 0U;
        CHECK(read >= 28);  // a burst of 10 and 20 in the minute
        CHECK(read <= 31);
    }
    SECTION("unknown") {
        hint_every_second(1'000, 2'000, 180s);
        CHECK(world.siigo.count(by_id) <= 8);  // a burst of 2, then 2 a minute
        CHECK(world.siigo.count(by_id) >= 6);
        CHECK(world.products() == 60);
        // What is left of the budget is for those that are known.
        CHECK(world.fetcher->hint(product_id(7)));
        world.pass(5s);
        CHECK(named(world.siigo, 7) == 1);
    }
}

TEST_CASE("a flood of hints is turned away, not stored", "[sync]") {
    World world;
    sync_once(world, 1);
    std::size_t accepted = 0;
    for (std::uint64_t n = 0; n < 100'000; ++n) accepted += world.fetcher->hint(product_id(10'000 + n)) ? 1U : 0U;
    CHECK(accepted <= 256);
    CHECK(world.fetcher->waiting() <= 256);
}

TEST_CASE("a hint at a product that SIIGO has and we have not creates it", "[sync]") {
    World world;
    sync_once(world, 5);
    world.siigo.create();
    CHECK(world.fetcher->hint(product_id(6)));
    world.pass(5s);
    CHECK(world.products() == 6);
}

TEST_CASE("a notification without a figure is followed by a read of the product", "[sync]") {
    World world;
    sync_once(world, 30);
    world.siigo.sell(9, "4.25");
    world.observe(observation().about(9).as_of("12:02"));
    world.pass(2s);
    CHECK(world.siigo.count(by_id) == 1);
    CHECK(world.stock(9) == "4.25");
    CHECK_FALSE(world.product(9)->pending);
}

TEST_CASE("reads that were owed before a restart are made up for", "[sync]") {
    World world;
    sync_once(world, 30);
    world.siigo.fail_products = 1'000;
    for (std::uint64_t n = 1; n <= 25; ++n) world.observe(observation().about(n).as_of("12:02"));
    world.siigo.sell(9, "4");
    world.pass(10s);
    world.restart();
    world.siigo.fail_products = 0;
    CHECK(world.fetcher->waiting() == 0);
    world.siigo.forget_requests();
    world.start_fetcher();
    world.pass(5min);
    CHECK(world.siigo.count(by_id) == 2);  // 20 a request
    CHECK(world.stock(9) == "4");
    CHECK_FALSE(world.product(25)->pending);
}

TEST_CASE("reads that were owed when the clock was put back are made at the next start", "[sync]") {
    World world;
    sync_once(world, 30);
    world.siigo.fail_products = 1'000;
    world.observe(observation().about(9).as_of("12:02"));
    world.siigo.sell(9, "4");
    world.pass(10s);
    world.clock.set_wall(world.clock.wall() - 5h);
    world.restart();
    world.siigo.fail_products = 0;
    world.start_fetcher();
    world.pass(5min);
    CHECK(world.stock(9) == "4");
    CHECK_FALSE(world.product(9)->pending);
}

TEST_CASE("a product gone at SIIGO is deleted by the read, never by a 404", "[sync]") {
    World world;
    sync_once(world, 30);
    world.siigo.item(9).listed = false;
    CHECK(world.fetcher->hint(product_id(9)));
    world.pass(5s);
    CHECK(world.product(9)->deleted);
    CHECK(world.siigo.count("/v1/products/") == 0);
}

TEST_CASE("while SIIGO is down, what is owed is asked for with growing pauses", "[sync]") {
    World world;
    sync_once(world, 30);
    world.siigo.fail_products = 1'000'000;
    for (std::uint64_t n = 1; n <= 30; ++n) world.observe(observation().about(n).as_of("12:02"));
    world.pass(1h);
    CHECK(world.siigo.count(by_id) < 40);
    CHECK(world.fetcher->waiting() == 30);
    world.siigo.fail_products = 0;
    world.pass(2h);  // after so many failures the client itself is slow to trust again
    CHECK(world.fetcher->waiting() == 0);
}

TEST_CASE("a product whose id SIIGO refuses does not hold up the others", "[sync]") {
    World world;
    sync_once(world, 30);
    world.siigo.poison = product_id(5);
    for (std::uint64_t n = 1; n <= 10; ++n) {
        world.siigo.sell(n, "3");
        world.observe(observation().about(n).as_of("12:02"));
    }
    world.pass(5min);
    for (std::uint64_t n = 1; n <= 10; ++n) {
        CAPTURE(n);
        CHECK(world.stock(n) == (n == 5 ? "1" : "3"));
    }
    world.siigo.forget_requests();
    world.pass(1h);
    CHECK(world.siigo.count(by_id) <= 12);
}

TEST_CASE("a refresh reads at once and says what became of it", "[sync]") {
    World world;
    sync_once(world, 3);
    world.siigo.sell(2, "11");
    const auto outcome = world.wait_for(world.fetcher->refresh(product_id(2), Source::refresh));
    REQUIRE(outcome);
    CHECK(outcome->changed);
    CHECK(world.stock(2) == "11");

    world.siigo.fail_products = 100;
    const auto failed = world.wait_for(world.fetcher->refresh(product_id(2), Source::refresh));
    CHECK_FALSE(failed);
}
