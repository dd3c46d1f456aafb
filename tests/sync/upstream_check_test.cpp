#include "stockcast/sync/upstream_check.hpp"

#include "sync/world.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

/// A mirror of 250 products as a first pass leaves it: long enough ago that nothing is recent, and the next pass not yet
/// due.
struct Mirrored : World {
    Mirrored() {
        siigo.create(250);
        start_sync();
        pass(1min);
        clock.advance(3min + 30s);
        siigo.forget_requests();
    }
    UpstreamReport check() {
        UpstreamCheck upstream{"main", *client, store, workers, clock};
        auto report = wait_for(upstream.run([](std::uint64_t, std::optional<std::uint64_t>) { return true; }));
        return report.value();
    }
};

std::vector<std::string> english(const UpstreamReport& report) {
    std::vector<std::string> sentences;
    for (const auto& difference : report.differences) sentences.push_back(difference.english);
    return sentences;
}

}  // namespace

TEST_CASE("a mirror that agrees with SIIGO has no differences, in three pages of a hundred", "[sync][upstream]") {
    Mirrored world;
    const auto report = world.check();
    CHECK(report.compared == 250);
    CHECK(english(report).empty());
    CHECK(report.open == 0);
    CHECK(world.siigo.count("page_size=100") == 3);
    CHECK(world.siigo.count("ids=") == 0);
}

TEST_CASE("what differs from SIIGO is named once a second read says the same", "[sync][upstream]") {
    Mirrored world;
    world.siigo.sell(7, "0.5");
    world.siigo.item(9).listed = false;
    world.siigo.create();  // the 251st
    const auto report = world.check();
    CHECK(report.compared == 251);
    std::string all;
    for (const auto& sentence : english(report)) all += sentence + "\n";
    INFO(all);
    CHECK(report.differences.size() == 3);
    CHECK(report.open == 0);
    CHECK_THAT(all, Catch::Contains(world.siigo.item(7).code + ": stockcast has 1, SIIGO 0.5"));
    CHECK_THAT(all, Catch::Contains(world.siigo.item(9).code + ": stockcast has it, SIIGO does not"));
    CHECK_THAT(all, Catch::Contains("SIIGO has it"));
    CHECK(world.siigo.count("ids=") == 1);
    CHECK(world.stock(7) == "1");  // nothing was changed
}

TEST_CASE("what was sold between the two reads, and told, is no difference", "[sync][upstream]") {
    Mirrored world;
    world.siigo.sell(7, "0.5");
    bool told = false;
    world.siigo.before_products = [&](const std::string& target) {
        if (told || target.find("ids=") == std::string::npos) return;
        told = true;
        // As its notification would: the mirror hears of it before SIIGO answers the second read.
        auto product = *world.product(7);
        product.available = Quantity::parse("0.5").value();
        Batch batch;
        batch.put(Family::products, keys::product("main", product.id), records::encode(product));
        REQUIRE(world.store.commit(batch));
    };
    CHECK(english(world.check()).empty());
    CHECK(told);
    auto product = *world.product(7);
    product.available = Quantity{1};  // as before, so that the store ends as it was
    Batch batch;
    batch.put(Family::products, keys::product("main", product.id), records::encode(product));
    REQUIRE(world.store.commit(batch));
}

TEST_CASE("the check ends when nobody listens any more, and tells what SIIGO's side refuses", "[sync][upstream]") {
    Mirrored world;
    UpstreamCheck upstream{"main", *world.client, world.store, world.workers, world.clock};
    const auto ended = world.wait_for(upstream.run([](std::uint64_t, std::optional<std::uint64_t>) { return false; }));
    CHECK(ended.error() == Errc::stopping);
    CHECK(world.siigo.count("page_size=100") == 1);
    world.siigo.fail_products = 1000;
    const auto failed = world.wait_for(upstream.run([](std::uint64_t, std::optional<std::uint64_t>) { return true; }));
    CHECK(failed.error() == Errc::siigo_unavailable);
}

TEST_CASE("an answer of SIIGO's is compared as the ledger would hear it", "[sync][upstream]") {
    const Product held = product().with_stock(5).as_of("10:00").properties_as_of("10:00").seen(9, "11:00").polled();
    const auto said = [](std::string_view figure, std::string_view stamp) {
        return observation().by_read().with_stock(figure).as_of(stamp).build();
    };
    const auto now = at("13:00");
    CHECK_FALSE(compare_upstream("main", held.id, &held, nullptr, now).open);
    struct Row {
        const Product* held;
        std::optional<Observation> said;
        std::string difference;  ///< part of it; empty: none
        bool open;
    };
    const Product told = product().with_stock(5).as_of("12:59").seen(9, "12:59");
    const Product gone = product().with_stock(5).deleted();
    const std::vector<Row> rows{
        {&held, said("5.0", "10:00"), "", false},
        {&held, said("6", "10:01"), "stockcast has 5, SIIGO 6", false},
        {&held, said("6", "09:00"), "stockcast has 5, SIIGO 6", false},
        {&told, said("6", "12:00"), "", true},  // told a minute ago: SIIGO's API may lag
        {&held, std::nullopt, "SIIGO does not", false},
        {&gone, std::nullopt, "", false},
        {nullptr, std::nullopt, "", false},
        {&gone, observation().by_read().coded("A").with_stock(1).build(), "SIIGO has it", false},
        {nullptr, observation().by_read().coded("A").with_stock(1).build(), "SIIGO has it", false},
        {&held, observation().by_read().with_property("name", Json{"Otro"}).properties_as_of("10:05").build(),
         "these differ: name", false},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        INFO("row " << i);
        const auto& row = rows[i];
        const auto compared = compare_upstream("main", held.id, row.held, row.said ? &*row.said : nullptr, now);
        CHECK(compared.difference.has_value() == !row.difference.empty());
        if (compared.difference) CHECK_THAT(compared.difference->english, Catch::Contains(row.difference));
        CHECK(compared.open == row.open);
    }
}
