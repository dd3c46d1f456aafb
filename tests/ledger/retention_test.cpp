#include "stockcast/ledger/retention.hpp"

#include "ledger/bench.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

constexpr std::size_t all_together = 1000;

/// A store whose seven changes were recorded at 12:00, 13:00, … 15:00.
void live(Bench& bench) {
    bench.commit(
        {bench.webhook(observation().about(1).coded("A").with_stock(5).in_warehouse("1", "x", "5").as_of("10:00")),
         bench.sync(observation().about(2).by_page().coded("B").with_stock(7))});
    bench.now = at("13:00");
    bench.commit({bench.webhook(observation().about(1).with_stock(4).in_warehouse("1", "x", "4").as_of("10:01"))});
    bench.now = at("14:00");
    bench.commit({bench.webhook(observation().about(1).coded("A2").properties_as_of("10:02")),
                  bench.sync(observation().about(2).by_absence())});
    bench.now = at("15:00");
    bench.commit({bench.sync(observation().about(2).by_read().coded("B").with_stock(8))});
}

RetentionPlan plan(const Bench& bench, const RetentionCutoffs& cutoffs, std::size_t changes_max = all_together) {
    return plan_retention(bench.store, cutoffs, changes_max).value();
}

/// As the loop does it: part by part, each durable before the next is worked out. Returns how many parts it took.
int let_go(Bench& bench, const RetentionCutoffs& cutoffs, std::size_t changes_max = all_together) {
    for (int parts = 0;;) {
        auto next = plan(bench, cutoffs, changes_max);
        if (!next.submission.floors) return parts;
        bench.commit({std::move(next.submission)});
        ++parts;
        if (next.is_all) return parts;
    }
}

std::vector<Seq> seqs_kept(const Bench& bench) {
    std::vector<Seq> seqs;
    bench.store.snapshot()
        ->scan(Family::changes, {}, Direction::ascending,
               [&](std::string_view key, std::string_view) {
                   seqs.push_back(keys::seq_of(key).value());
                   return true;
               })
        .value();
    return seqs;
}

const std::vector<std::string> no_findings;

}  // namespace

TEST_CASE("changes go from the old end up to their age, and what is kept still gives the products held",
          "[ledger][retention]") {
    struct Row {
        std::string before;
        Seq oldest;
    };
    const std::vector<Row> rows{{"12:00", 1}, {"12:30", 3}, {"13:00", 3}, {"13:30", 4}, {"14:30", 6}, {"16:00", 7}};
    for (const auto& [before, oldest] : rows) {
        for (const std::size_t together : {std::size_t{1}, std::size_t{2}, all_together}) {
            INFO(before << ", " << together << " a commit");
            Bench bench;
            live(bench);
            REQUIRE(bench.state.head == 6);
            let_go(bench, {.changes = at(before), .logs = {}, .audit = {}}, together);
            CHECK(bench.state.oldest == oldest);
            CHECK(bench.store.floors().changes == oldest);
            CHECK(seqs_kept(bench).size() == bench.state.head + 1 - oldest);
            CHECK(bench.findings() == no_findings);
            REQUIRE(bench.store.reclaim());
            CHECK(bench.store.entries(Family::changes).size() == bench.state.head + 1 - oldest);
            CHECK(bench.store.entries(Family::product_changes).size() == bench.state.head + 1 - oldest);
            CHECK(bench.findings() == no_findings);
        }
    }
}

TEST_CASE("the shop goes on after its whole log has gone, and a wrong figure is still found", "[ledger][retention]") {
    Bench bench;
    live(bench);
    let_go(bench, {.changes = at("16:00"), .logs = at("16:00"), .audit = {}});
    REQUIRE(bench.store.reclaim());
    CHECK(seqs_kept(bench).empty());
    CHECK(bench.state.oldest == bench.state.head + 1);
    CHECK(bench.findings() == no_findings);

    bench.now = at("17:00");
    bench.commit({bench.webhook(observation().about(1).with_stock(3).as_of("16:59")),
                  bench.webhook(observation().about(3).coded("C").with_stock(1).as_of("16:58"))});
    CHECK(seqs_kept(bench) == std::vector<Seq>{7, 8});
    CHECK(bench.findings() == no_findings);
    let_go(bench, {.changes = at("17:30"), .logs = at("17:30"), .audit = {}});
    CHECK(bench.findings() == no_findings);

    auto wrong = *bench.product(1);
    wrong.available = Quantity{2};
    Batch damage;
    damage.put(Family::products, keys::product("main", product_id(1)), records::encode(wrong));
    REQUIRE(bench.store.commit(damage));
    std::string all;
    for (const auto& finding : bench.findings()) all += finding + "\n";
    CHECK_THAT(all, Catch::Contains("its changes make 3, it holds 2"));
}

TEST_CASE("an anchor holds the product as it was when its last change went", "[ledger][retention]") {
    Bench bench;
    live(bench);
    let_go(bench, {.changes = at("13:30"), .logs = {}, .audit = {}});
    const auto value = bench.store.get(Family::meta, keys::anchor("main", product_id(1))).value();
    REQUIRE(value);
    const auto anchor = records::decode_product(*value).value();
    CHECK(anchor.available == Quantity{4});
    CHECK(anchor.code == "A");
    CHECK(anchor.seq == 3);
    CHECK(bench.store.floors().changes_until == at("13:00"));
}

TEST_CASE("the floors keep the hash of the last change that went, from which the kept ones are a chain",
          "[ledger][retention]") {
    Bench bench;
    live(bench);
    const auto third = records::decode_change(bench.store.entries(Family::changes).at(keys::change(3)))->hash;
    let_go(bench, {.changes = at("13:30"), .logs = {}, .audit = {}});
    REQUIRE(bench.store.reclaim());
    auto floors = bench.store.floors();
    CHECK(floors.changes_hash == third);
    CHECK(decode_floors(encode(floors)).value() == floors);

    floors.changes_hash = ChainHash{};
    Batch damage;
    damage.put(Family::meta, std::string{keys::floors}, encode(floors));
    REQUIRE(bench.store.commit(damage));
    REQUIRE(bench.findings().size() == 1);
    CHECK_THAT(bench.findings().front(), Catch::Contains("change 4: its hash does not follow"));
}

TEST_CASE("logs go by their age alone, and their totals stay", "[ledger][retention]") {
    Bench bench;
    live(bench);
    const auto counted = bench.state.counters.webhooks;
    REQUIRE(counted == 3);
    const auto last_id = log_id(6);
    let_go(bench, {.changes = {}, .logs = last_id.time() + std::chrono::milliseconds{1}, .audit = {}});
    REQUIRE(bench.store.reclaim());
    CHECK(bench.store.entries(Family::webhook_logs).empty());
    CHECK(bench.store.entries(Family::sync_logs).empty());
    CHECK(bench.state.counters.webhooks == counted);
    CHECK(seqs_kept(bench).size() == 6);
    CHECK(bench.findings() == no_findings);
}

TEST_CASE("where nothing is old enough nothing is written", "[ledger][retention]") {
    Bench bench;
    CHECK_FALSE(plan(bench, {at("16:00"), at("16:00"), at("16:00")}).submission.floors);
    live(bench);
    CHECK_FALSE(plan(bench, {at("12:00"), Instant{}, Instant{}}).submission.floors);
    CHECK(let_go(bench, {at("13:30"), {}, {}}) == 1);
    CHECK(let_go(bench, {at("13:30"), {}, {}}) == 0);
    // A clock set back moves no floor back; one that woke up before 1970 moves none at all.
    CHECK(let_go(bench, {at("12:30"), Instant{} - std::chrono::hours{1}, Instant{} - std::chrono::hours{1}}) == 0);
    CHECK(bench.store.floors().changes == 4);
}

TEST_CASE("a young change keeps all that follow it, though the clock was set back meanwhile", "[ledger][retention]") {
    Bench bench;
    bench.now = at("15:00");
    bench.commit({bench.webhook(observation().about(1).coded("A").with_stock(5).as_of("10:00"))});
    bench.now = at("12:00");
    bench.commit({bench.webhook(observation().about(1).with_stock(4).as_of("10:01"))});
    CHECK(let_go(bench, {at("14:00"), {}, {}}) == 0);
    CHECK(seqs_kept(bench) == std::vector<Seq>{1, 2});
}

TEST_CASE("a crash between the floor and the space, or before the floor, leaves a good store", "[ledger][retention]") {
    for (const auto fault : {MemoryStore::Fault::failed, MemoryStore::Fault::failed_but_written}) {
        Bench bench;
        live(bench);
        auto next = plan(bench, {at("14:30"), at("14:30"), {}});
        bench.store.fail_next_commit(fault);
        CHECK_THROWS(bench.commit({next.submission}));
        bench.store.reopen();
        bench.state = decode_ledger_state(*bench.store.get(Family::meta, keys::ledger_state).value()).value();
        CHECK(bench.findings() == no_findings);
        CHECK(bench.state.oldest == (fault == MemoryStore::Fault::failed ? 1 : 6));
        let_go(bench, {at("14:30"), at("14:30"), {}});
        CHECK(bench.state.oldest == 6);
        CHECK(bench.findings() == no_findings);
    }
}

}  // namespace stockcast
