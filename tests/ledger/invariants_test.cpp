#include "stockcast/ledger/invariants.hpp"

#include "ledger/bench.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

/// A store with a life in it: created, sold, renamed, deleted, come back, one read still owed.
void live(Bench& bench) {
    bench.commit(
        {bench.webhook(observation().about(1).coded("A").with_stock(5).in_warehouse("1", "x", "5").as_of("10:00")),
         bench.sync(observation().about(2).by_page().coded("B").with_stock(7))});
    bench.commit({bench.webhook(observation().about(1).with_stock(4).in_warehouse("1", "x", "4").as_of("10:01"))});
    bench.commit({bench.webhook(observation().about(1).coded("A2").properties_as_of("10:02")),
                  bench.sync(observation().about(2).by_absence())});
    bench.commit({bench.sync(observation().about(2).by_read().coded("B").with_stock(8))});
}

/// Writes past step(), as damage or a bug would.
void spoil(Bench& bench, Family family, std::string key, std::optional<std::string> value) {
    Batch batch;
    if (value) {
        batch.put(family, std::move(key), std::move(*value));
    } else {
        batch.erase(family, std::move(key));
    }
    REQUIRE(bench.store.commit(batch));
}

void change_product(Bench& bench, std::uint64_t n, const std::function<void(Product&)>& change) {
    auto product = *bench.product(n);
    change(product);
    spoil(bench, Family::products, keys::product("main", product_id(n)), records::encode(product));
}

void change_state(Bench& bench, const std::function<void(LedgerState&)>& change) {
    auto state = bench.state;
    change(state);
    spoil(bench, Family::meta, std::string{keys::ledger_state}, encode(state));
}

}  // namespace

TEST_CASE("an empty store and a lively one have no findings", "[ledger]") {
    Bench bench;
    CHECK(bench.findings() == std::vector<std::string>{});
    live(bench);
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("each kind of damage is found", "[ledger]") {
    struct Row {
        std::string what;
        std::function<void(Bench&)> damage;
        std::string finding;  ///< part of one of the findings
    };
    const auto first_id = product_id(1);
    const std::vector<Row> rows{
        {"a change is gone", [](Bench& b) { spoil(b, Family::changes, keys::change(2), {}); },
         "2 is missing, 3 follows"},
        {"the last change is gone", [](Bench& b) { spoil(b, Family::changes, keys::change(6), {}); }, "the head 6"},
        {"a change beyond the head", [](Bench& b) { change_state(b, [](auto& s) { s.head = 5; }); }, "the head 5"},
        {"a change is damaged", [](Bench& b) { spoil(b, Family::changes, keys::change(3), "x"); },
         "change 3 cannot be decoded"},
        {"a change is rewritten with a good checksum",
         [](Bench& b) {
             auto change = *records::decode_change(b.store.entries(Family::changes).at(keys::change(3)));
             change.event += ' ';
             spoil(b, Family::changes, keys::change(3), records::encode(change));
         },
         "change 3: its hash does not follow"},
        {"a change is rewritten with the hash that follows",
         [](Bench& b) {
             const auto before = *records::decode_change(b.store.entries(Family::changes).at(keys::change(2)))->hash;
             auto change = *records::decode_change(b.store.entries(Family::changes).at(keys::change(3)));
             change.event += ' ';
             spoil(b, Family::changes, keys::change(3), records::encode_next(change, before));
         },
         "change 4: its hash does not follow"},
        {"a change loses its hash",
         [](Bench& b) {
             auto change = *records::decode_change(b.store.entries(Family::changes).at(keys::change(3)));
             change.hash.reset();
             spoil(b, Family::changes, keys::change(3), records::encode(change));
         },
         "change 3 carries no hash"},
        {"the head's hash is another",
         [](Bench& b) { change_state(b, [](auto& s) { s.head_hash = s.head_hash.followed_by("more"); }); },
         "hash of its head 6"},
        {"a change of history is not listed",
         [&](Bench& b) { spoil(b, Family::product_changes, keys::product_change("main", first_id, 1), {}); },
         "change 1 is missing in its product's history"},
        {"history lists a change that is not there",
         [&](Bench& b) { spoil(b, Family::product_changes, keys::product_change("main", first_id, 5), ""); },
         "its history lists 5, which is no change of it"},
        {"a cause is gone", [](Bench& b) { spoil(b, Family::webhook_logs, keys::log("main", log_id(3)), {}); },
         "is in no log"},
        {"a figure differs from its changes",
         [](Bench& b) { change_product(b, 1, [](Product& p) { p.available = Quantity{3}; }); },
         "its changes make 4, it holds 3"},
        {"warehouses differ", [](Bench& b) { change_product(b, 1, [](Product& p) { p.warehouses.clear(); }); },
         "its warehouses"},
        {"properties differ", [](Bench& b) { change_product(b, 1, [](Product& p) { p.properties = "{}"; }); },
         "its properties"},
        {"existence differs", [](Bench& b) { change_product(b, 1, [](Product& p) { p.deleted = true; }); },
         "about its existence"},
        {"a number was never given", [](Bench& b) { change_product(b, 1, [](Product& p) { p.number = 9; }); },
         "was never given"},
        {"a number was given twice", [](Bench& b) { change_product(b, 1, [](Product& p) { p.number = 2; }); },
         "was given twice"},
        {"another seq", [](Bench& b) { change_product(b, 1, [](Product& p) { p.seq = 1; }); }, "its last change is"},
        {"a tick from nowhere",
         [](Bench& b) { change_product(b, 1, [](Product& p) { p.stock_register.seen = 9999; }); }, "never handed out"},
        {"a read is owed only in the record",
         [](Bench& b) { change_product(b, 2, [](Product& p) { p.pending = PendingRead{}; }); },
         "differ about the read"},
        {"a read is owed only by its key",
         [](Bench& b) {
             spoil(b, Family::meta, keys::pending_read("main", product_id(2)),
                   records::encode(PendingRead{at("12:00"), 1}));
         },
         "differ about the read"},
        {"a product is gone", [&](Bench& b) { spoil(b, Family::products, keys::product("main", first_id), {}); },
         "has changes and no record"},
        {"a product stands under another key",
         [&](Bench& b) {
             spoil(b, Family::products, keys::product("main", product_id(7)), records::encode(*b.product(1)));
         },
         "stands under another key"},
        {"a product is damaged", [&](Bench& b) { spoil(b, Family::products, keys::product("main", first_id), "x"); },
         "cannot be decoded"},
        {"a code lists nobody",
         [](Bench& b) { spoil(b, Family::product_codes, keys::product_code("main", "Z", product_id(1)), ""); },
         "Z lists"},
        {"a product is not listed",
         [](Bench& b) { spoil(b, Family::product_codes, keys::product_code("main", "B", product_id(2)), {}); },
         "its code B does not list it"},
        {"products are counted wrong", [](Bench& b) { change_state(b, [](auto& s) { ++s.counters.products; }); },
         "products is 3"},
        {"the sum is wrong", [](Bench& b) { change_state(b, [](auto& s) { s.counters.stock_sum = Quantity{1}; }); },
         "stock_sum is 1"},
        {"today is counted wrong", [](Bench& b) { change_state(b, [](auto& s) { s.counters.updated_today = 9; }); },
         "updated_today is 9"},
        {"fewer webhooks than are kept", [](Bench& b) { change_state(b, [](auto& s) { s.counters.webhooks = 1; }); },
         "webhooks is 1"},
        {"the state is damaged", [](Bench& b) { spoil(b, Family::meta, std::string{keys::ledger_state}, "x"); },
         "state cannot be decoded"},
        {"other layers' state is damaged", [](Bench& b) { spoil(b, Family::meta, "sync/main/state", "x"); },
         "sync/main/state"},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        Bench bench;
        live(bench);
        row.damage(bench);
        std::string all;
        for (const auto& finding : bench.findings()) all += finding + "\n";
        CHECK_THAT(all, Catch::Contains(row.finding));
    }
}

TEST_CASE("a tally that does not follow from the one before is found", "[ledger]") {
    Bench bench;
    live(bench);
    auto change = *records::decode_change(bench.store.entries(Family::changes).at(keys::change(3)));
    REQUIRE(change.change.tally.announced > 0);
    ++change.change.tally.announced;
    spoil(bench, Family::changes, keys::change(3), records::encode(change));
    std::string all;
    for (const auto& finding : bench.findings()) all += finding + "\n";
    CHECK_THAT(all, Catch::Contains("change 3: its tally of announced changes does not follow"));
    CHECK_THAT(all, Catch::Contains("change 4: its tally of announced changes does not follow"));

    change_state(bench, [](LedgerState& state) { ++state.tally.unannounced; });
    all.clear();
    for (const auto& finding : bench.findings()) all += finding + "\n";
    CHECK_THAT(all, Catch::Contains("the tally of announced changes is not the last change's"));
}

TEST_CASE("what was written by a version without tallies that was gone back to is in order", "[ledger]") {
    Bench bench;
    live(bench);
    for (Seq seq = 1; seq <= 6; ++seq) {
        auto change = *records::decode_change(bench.store.entries(Family::changes).at(keys::change(seq)));
        change.hash.reset();
        if (seq > 3) change.change.tally = {};
        spoil(bench, Family::changes, keys::change(seq), records::encode(change));
    }
    bench.state.tally = {};
    bench.state.chained_from = 7;
    bench.state.head_hash = {};
    change_state(bench, [](LedgerState&) {});
    CHECK(bench.findings() == std::vector<std::string>{});

    bench.commit({bench.webhook(observation().about(1).with_stock(3).in_warehouse("1", "x", "3").as_of("10:09"))});
    CHECK(bench.state.head == 7);
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("a break of the chain is told once, at its seq", "[ledger]") {
    Bench bench;
    live(bench);
    auto change = *records::decode_change(bench.store.entries(Family::changes).at(keys::change(4)));
    change.change.recorded_at = at("11:59");
    spoil(bench, Family::changes, keys::change(4), records::encode(change));
    const auto findings = bench.findings();
    CHECK(std::ranges::count_if(findings, [](const auto& finding) { return finding.find("hash") != finding.npos; }) ==
          1);
}

TEST_CASE("a change log that was cut without anchors is found", "[ledger]") {
    Bench bench;
    live(bench);
    for (Seq seq = 1; seq <= 2; ++seq) {
        const auto change = records::decode_change(bench.store.entries(Family::changes).at(keys::change(seq)));
        spoil(bench, Family::changes, keys::change(seq), {});
        spoil(bench, Family::product_changes, keys::product_change("main", change->change.product.id, seq), {});
    }
    change_state(bench, [](LedgerState& state) { state.oldest = 3; });
    spoil(bench, Family::meta, std::string{keys::floors}, encode(Floors{.changes = 3}));
    std::string all;
    for (const auto& finding : bench.findings()) all += finding + "\n";
    CHECK_THAT(all, Catch::Contains("change 3 is the first of a product and not its creation"));
}

TEST_CASE("findings are bounded", "[ledger]") {
    Bench bench;
    live(bench);
    for (std::uint64_t n = 10; n < 60; ++n) spoil(bench, Family::products, keys::product("main", product_id(n)), "x");
    const auto findings = check_invariants(bench.store, 5);
    REQUIRE(findings.size() == 6);
    CHECK(findings.back() == "and more");
}

}  // namespace stockcast
