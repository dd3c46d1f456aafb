// What a product once was: its history, and its stock as of a time or a seq.
#include "http/world.hpp"
#include "support/run.hpp"

#include "stockcast/ledger/retention.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

/// Three products; product 1's figure goes 1, 2, 3, one an hour, among changes of the others.
struct Past {
    World world;
    std::string token = world.token(Role::viewer);
    std::vector<std::string> times;  ///< of product 1's changes

    explicit Past(std::chrono::microseconds beyond_the_millisecond = 0us) {
        world.clock.advance(beyond_the_millisecond);
        for (int hour = 10; hour < 13; ++hour) {
            const auto figure = hour - 9;
            const auto stamp = std::to_string(hour) + ":00";
            world.observe(observation()
                              .about(1)
                              .coded("A")
                              .named("Uno")
                              .with_stock(figure)
                              .in_warehouse("7", "Norte", std::to_string(figure))
                              .as_of(stamp)
                              .by_read());
            times.push_back(world.clock.wall().to_iso_ms());
            world.clock.advance(30min);
            world.observe(
                observation().about(2).coded("B").named("Dos").with_stock(100 * figure).as_of(stamp).by_read());
            world.clock.advance(30min);
        }
        token = world.token(Role::viewer);
    }

    HttpResponse ask(const std::string& query, std::string_view product = "A") {
        return world.ask(get("/api/products/" + std::string{product} + query).bearing(token));
    }
    std::string stock(const std::string& at) { return text_at(ask("?by=code&at=" + at), "product.available_quantity"); }

    /// Lets go of what was recorded before `until`.
    void forget(Instant until) {
        const auto plan = plan_retention(world.store, {.changes = until}, 1'000);
        REQUIRE(plan);
        REQUIRE(plan->changes > 0);
        REQUIRE(run(world.io, world.ledger->apply(plan->submission)));
    }
};

}  // namespace

TEST_CASE("a product's stock as of a seq", "[http][past]") {
    Past past;
    // 1 A, 2 B, 3 A, 4 B, 5 A, 6 B
    CHECK(past.stock("1") == "1");
    CHECK(past.stock("2") == "1");
    CHECK(past.stock("3") == "2");
    CHECK(past.stock("6") == "3");
    CHECK(past.ask("?by=code&at=0").status == 404);
    const auto ahead = past.ask("?by=code&at=7");
    CHECK(ahead.status == 400);
    CHECK(text_at(ahead, "detail") ==
          "Query parameter at: a time such as 2025-01-20T10:30:00Z or a seq up to 6 is accepted");

    const auto then = past.ask("?by=code&at=4");
    CHECK(text_at(then, "at.seq") == "4");
    CHECK(text_at(then, "product.seq") == "3");
    CHECK(text_at(then, "product.name") == "Uno");
    CHECK(text_at(then, "product.warehouses.0.quantity") == "2");
    CHECK(text_at(then, "product.synced_at") == past.times[1]);
}

TEST_CASE("a product's stock as of a time", "[http][past]") {
    Past past;
    CHECK(past.stock(past.times[0]) == "1");
    CHECK(past.stock(past.times[1]) == "2");  // the change's own timestamp takes the change in
    CHECK(past.stock((*Instant::parse(past.times[1]) - 1ms).to_iso_ms()) == "1");
    CHECK(past.stock((*Instant::parse(past.times[1]) + 59min).to_iso_ms()) == "2");
    CHECK(past.stock("2999-01-01T00:00:00Z") == "3");
    CHECK(past.ask("?by=code&at=" + (*Instant::parse(past.times[0]) - 1ms).to_iso_ms()).status == 404);
    CHECK(past.ask("?by=code&at=yesterday").status == 400);
    CHECK(past.ask("?by=code&at=").status == 400);
    CHECK(past.ask("?by=code&at=1", "nothing").status == 404);
}

TEST_CASE("a deleted product is shown as it was before and after", "[http][past]") {
    Past past;
    past.world.observe(observation().about(1).by_absence());
    const auto id = product_id(1).to_string();  // its code names nothing now
    CHECK(text_at(past.ask("?at=6", id), "product.deleted") == "false");
    const auto after = past.ask("?at=7", id);
    CHECK(text_at(after, "product.deleted") == "true");
    CHECK(text_at(after, "product.available_quantity") == "3");
}

TEST_CASE("what retention took is said to be gone, what it left is told", "[http][past]") {
    Past past;
    past.forget(*Instant::parse(past.times[1]) + 1min);  // 1 to 3 go
    REQUIRE(past.world.ledger->status().oldest == 4);
    CHECK(past.stock("3") == "2");  // the anchor is of that very change
    CHECK(past.stock("4") == "2");
    CHECK(past.ask("?by=code&at=2").status == 410);
    CHECK(past.stock((*Instant::parse(past.times[1]) + 1min).to_iso_ms()) == "2");
    CHECK(past.ask("?by=code&at=" + past.times[0]).status == 410);

    const auto history = past.ask("/history?by=code");
    CHECK(text_at(history, "history.0.seq") == "5");
    CHECK(member(parsed(history), "history").if_array()->size() == 1);
    CHECK(text_at(history, "next") == "null");
}

TEST_CASE("a product's history is its changes, newest first, with their causes", "[http][past]") {
    Past past;
    past.world.ask(notify(notification("17.50", "2025-01-20T20:00:00Z")));
    const auto first = past.ask("/history?limit=2", product_id(1).to_string());
    CHECK(text_at(first, "history.0.type") == "stock_updated");
    CHECK(text_at(first, "history.0.newStock") == "17.5");
    CHECK(text_at(first, "history.0.source") == "webhook");
    CHECK(past.world.ask(get("/api/webhooks/logs/" + text_at(first, "history.0.cause")).bearing(past.token)).status ==
          200);
    const auto second = past.ask("/history?limit=2&before=" + text_at(first, "next"), product_id(1).to_string());
    CHECK(text_at(second, "next") != text_at(first, "next"));
    for (const auto* target : {"/history?before=-1", "/history?before=x", "/history?limit=0", "/history?by=name"})
        CHECK(past.ask(target).status == 400);
    CHECK(past.ask("/history").status == 404);
    CHECK(past.ask("/history?by=code", "nothing").status == 404);
}

TEST_CASE("what retention left is found by its change's own timestamp, which is cut to milliseconds", "[http][past]") {
    Past past{300us};
    past.forget(*Instant::parse(past.times[1]) + 1min);
    CHECK(past.stock(past.times[1]) == "2");
    CHECK(past.ask("?by=code&at=" + (*Instant::parse(past.times[1]) - 1ms).to_iso_ms()).status == 410);
}
