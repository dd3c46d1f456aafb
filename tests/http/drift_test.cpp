// What a sync found and no webhook had told.
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

/// A row of a sync after the first full pass.
Observation found(std::uint64_t n, std::int64_t figure, std::string_view time) {
    const auto code = "P-" + std::to_string(n);
    Observation row = observation().about(n).coded(code).named("Camiseta").with_stock(figure).as_of(time).by_page();
    row.mirror_was_complete = true;
    return row;
}

Observation first_pass(std::uint64_t n) {
    auto row = found(n, 0, "08:00");
    row.mirror_was_complete = false;
    return row;
}

HttpResponse drift(World& world, const std::string& query = "") {
    return world.ask(get("/api/drift" + query).bearing(world.token(Role::viewer)));
}

std::vector<std::string> seqs(const HttpResponse& response) {
    std::vector<std::string> out;
    const auto list = member(parsed(response), "drift");
    REQUIRE(list.if_array() != nullptr);
    for (const auto& entry : *list.if_array()) out.push_back(to_text(*entry.find("seq")));
    return out;
}

using Seqs = std::vector<std::string>;

}  // namespace

TEST_CASE("a sync's finds are drift once the mirror was complete, and not before", "[http][drift]") {
    World world;
    world.observe(first_pass(1));
    CHECK(seqs(drift(world)).empty());
    CHECK(text_at(drift(world), "announced.hour") == "null");

    const auto commit = world.observe(found(1, 7, "09:00"));
    CHECK(commit.outcomes.front().unannounced == 1);
    const auto response = drift(world);
    CHECK(seqs(response) == Seqs{"2"});
    CHECK(text_at(response, "drift.0.oldStock") == "0");
    CHECK(text_at(response, "drift.0.newStock") == "7");
    CHECK(text_at(response, "drift.0.productCode") == "P-1");
    CHECK(text_at(response, "drift.0.siigoTimestamp") == at("09:00").to_iso_ms());
    const auto late = (world.clock.wall().unix_ms() - at("09:00").unix_ms()) / 1000;
    CHECK(text_at(response, "drift.0.lateSeconds") == std::to_string(late) + ".000");
    CHECK(text_at(response, "announced.hour") == "0.0000");
    CHECK(text_at(response, "next") == "null");
}

TEST_CASE("what a webhook told, what was asked for and deletions are no drift", "[http][drift]") {
    World world;
    world.observe(first_pass(1));
    world.ask(notify(notification("4")));
    world.observe(observation().about(1).with_stock(9).as_of("11:00").by_read());
    Observation gone = observation().about(1).by_absence();
    gone.mirror_was_complete = true;
    CHECK(world.observe(gone).outcomes.front().unannounced == 0);
    CHECK(seqs(drift(world)).empty());
    CHECK(text_at(drift(world), "announced.week") == "1.0000");

    // A notification without a figure has pointed at it: the sync that happens to come first finds nothing new.
    world.observe(first_pass(2));
    world.observe(observation().about(2).caused_by(log_id(1)));
    CHECK(world.observe(found(2, 5, "11:30")).outcomes.front().unannounced == 0);
}

TEST_CASE("drift comes in pages that writes don't move, and ends where changes are kept from", "[http][drift]") {
    World world;
    world.observe(first_pass(1));
    std::vector<std::string> times;
    for (int i = 1; i <= 5; ++i) {  // drift at 2, 4, 6, 8, 10
        const auto stamp = "10:0" + std::to_string(i);
        world.observe(found(1, i, stamp));
        world.observe(observation()
                          .about(10 + static_cast<std::uint64_t>(i))
                          .coded("X")
                          .named("x")
                          .with_stock(1)
                          .as_of("10:00")
                          .by_read());
        world.clock.advance(1h);
    }
    const auto first = drift(world, "?limit=2");
    CHECK(seqs(first) == Seqs{"10", "8"});
    world.observe(found(1, 99, "11:00"));
    const auto second = drift(world, "?limit=2&before=" + text_at(first, "next"));
    CHECK(seqs(second) == Seqs{"6", "4"});
    const auto third = drift(world, "?limit=2&before=" + text_at(second, "next"));
    CHECK(seqs(third) == Seqs{"2"});
    CHECK(text_at(third, "next") == "null");

    const auto plan = plan_retention(world.store, {.changes = world.clock.wall() - 150min}, 1'000);
    REQUIRE(plan);
    REQUIRE(run(world.io, world.ledger->apply(plan->submission)));
    const auto kept = drift(world);
    CHECK(seqs(kept).front() == "12");
    CHECK(seqs(kept).back() != "2");
    CHECK(text_at(kept, "next") == "null");
    for (const char* bad : {"?before=-1", "?before=x", "?limit=0"}) CHECK(drift(world, bad).status == 400);
}

TEST_CASE("the share of announced changes is that of each window", "[http][drift]") {
    World world;
    world.observe(first_pass(1));
    world.observe(found(1, 1, "08:01"));  // five days ago
    world.clock.advance(24h * 5);
    world.ask(notify(notification("1", "2025-01-20T09:00:00Z")));
    world.ask(notify(notification("2", "2025-01-20T09:01:00Z")));
    world.clock.advance(2h);
    world.observe(first_pass(2));
    world.observe(found(2, 3, "23:00"));
    const auto response = drift(world);
    CHECK(text_at(response, "announced.hour") == "0.0000");
    const auto counted = text_at(response, "announced.day");
    CHECK(text_at(response, "announced.week") < counted);
}
