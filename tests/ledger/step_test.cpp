#include "stockcast/ledger/step.hpp"

#include "ledger/bench.hpp"
#include "support/builders.hpp"
#include "support/memory_store.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/model/concerned.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

std::vector<Seq> seqs_of(const Step& step) {
    std::vector<Seq> seqs;
    for (const auto& change : step.notice.changes) seqs.push_back(change.seq);
    return seqs;
}

std::size_t writes_to(const Step& step, Family family) {
    return static_cast<std::size_t>(
        std::ranges::count(step.batch.writes(), family, [](const Batch::Write& write) { return write.family; }));
}

}  // namespace

TEST_CASE("one batch holds the change, its indexes, its log entry and its seq", "[ledger]") {
    Bench bench;
    const auto step = bench.commit({bench.webhook(observation().coded("A").named("Uno").with_stock(5).as_of("11:00"))});

    CHECK(step.state.head == 1);
    CHECK(step.commits.at(0).head == 1);
    const auto& outcome = step.commits.at(0).outcomes.at(0);
    CHECK(outcome.result == WebhookResult::applied);
    CHECK(outcome.created);
    CHECK(outcome.number == 1);
    CHECK(outcome.seq == 1);
    CHECK(outcome.old_stock == std::nullopt);
    CHECK(outcome.new_stock == Quantity{5});

    const auto product = bench.product(1);
    REQUIRE(product);
    CHECK(product->seq == 1);
    CHECK(product->changed_at == bench.now);
    CHECK(bench.store.entries(Family::product_codes).contains(keys::product_code("main", "A", product_id(1))));
    CHECK(bench.store.entries(Family::product_changes).contains(keys::product_change("main", product_id(1), 1)));
    const auto change = records::decode_change(bench.store.entries(Family::changes).at(keys::change(1)));
    REQUIRE(change);
    CHECK(change->change.recorded_at == bench.now);
    CHECK(change->event == step.notice.changes.at(0).event);
    const auto log = records::decode_webhook_log(bench.store.entries(Family::webhook_logs).begin()->second);
    REQUIRE(log);
    CHECK(log->result == WebhookResult::applied);
    CHECK(log->processed);
    CHECK(log->new_stock == Quantity{5});
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("a product that appears many times in a batch is written once, each of its changes is kept", "[ledger]") {
    Bench bench;
    bench.commit({bench.webhook(observation().coded("A").with_stock(5).as_of("10:00"))});
    std::vector<Submission> sales;
    for (int left = 4; left >= 1; --left) {
        sales.push_back(bench.webhook(observation().with_stock(left).as_of("10:0" + std::to_string(5 - left))));
    }
    const auto step = bench.commit(sales);

    CHECK(seqs_of(step) == std::vector<Seq>{2, 3, 4, 5});
    CHECK(writes_to(step, Family::products) == 1);
    CHECK(writes_to(step, Family::changes) == 4);
    CHECK(writes_to(step, Family::product_codes) == 0);
    CHECK(step.commits.at(3).outcomes.at(0).old_stock == Quantity{2});
    CHECK(step.commits.at(0).head == 5);
    CHECK(bench.product(1)->available == Quantity{1});
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("a rename with a sale is two changes, each with the product as it was right after it", "[ledger]") {
    Bench bench;
    bench.commit({bench.webhook(observation().coded("A").named("Uno").with_stock(5).as_of("10:00"))});
    const auto step = bench.commit(
        {bench.webhook(observation().coded("A").named("Dos").properties_as_of("10:01").with_stock(4).as_of("10:01"))});

    REQUIRE(step.notice.changes.size() == 2);
    CHECK(step.notice.changes[0].type == ChangeType::product_updated);
    const auto event = parse_json(step.notice.changes[0].event);
    REQUIRE(event);
    CHECK(*event->find("product")->find("available_quantity") == Json{JsonNumber{"5"}});
    CHECK(step.notice.changes[1].type == ChangeType::stock_updated);
    CHECK(bench.product(1)->available == Quantity{4});
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("the code index follows renames, exchanges, deletion and return", "[ledger]") {
    Bench bench;
    bench.commit({bench.webhook(observation().about(1).coded("A").with_stock(1)),
                  bench.webhook(observation().about(2).coded("B").with_stock(2))});
    const auto listed = [&](std::string_view code, std::uint64_t n) {
        return bench.store.entries(Family::product_codes).contains(keys::product_code("main", code, product_id(n)));
    };

    bench.commit({bench.webhook(observation().about(1).coded("B").properties_as_of("11:00").with_stock(1))});
    CHECK((!listed("A", 1) && listed("B", 1) && listed("B", 2)));
    bench.commit({bench.webhook(observation().about(2).coded("A").properties_as_of("11:00").with_stock(2))});
    CHECK((listed("B", 1) && listed("A", 2) && !listed("B", 2)));
    CHECK(bench.findings() == std::vector<std::string>{});

    bench.commit({bench.sync(observation().about(2).by_absence())});
    CHECK_FALSE(listed("A", 2));
    CHECK(bench.findings() == std::vector<std::string>{});
    const auto back = bench.commit({bench.sync(observation().about(2).coded("A").by_read())});
    CHECK(listed("A", 2));
    CHECK(back.commits[0].outcomes[0].number == 2);
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("reads that are owed are kept until they are answered, and told when they are new", "[ledger]") {
    Bench bench;
    const auto owed = [&](std::uint64_t n) {
        return bench.store.entries(Family::meta).contains(keys::pending_read("main", product_id(n)));
    };

    auto step = bench.commit({bench.webhook(observation().coded("A"))});
    CHECK(owed(1));
    REQUIRE(step.notice.reads.size() == 1);
    CHECK(step.notice.reads[0].due == bench.now);
    CHECK(step.commits[0].outcomes[0].read_due == bench.now);

    step = bench.commit({bench.sync(observation().by_read().coded("A").with_stock(5))});
    CHECK_FALSE(owed(1));
    CHECK(step.notice.reads.empty());

    SECTION("also of a product that is not known yet") {
        step = bench.commit({bench.webhook(observation().about(2).with_stock(1))});
        CHECK(owed(2));
        CHECK(step.commits[0].outcomes[0].result == WebhookResult::deferred);
        CHECK(step.notice.reads.size() == 1);
        CHECK_FALSE(bench.product(2));
        SECTION("and is not there") {
            bench.commit({bench.sync(observation().about(2).by_absence())});
        }
        SECTION("and is found") {
            bench.commit({bench.sync(observation().about(2).by_read().coded("B").with_stock(1))});
        }
        CHECK_FALSE(owed(2));
    }
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("a submission without observations is logged as it comes, and other records go with the batch", "[ledger]") {
    Bench bench;
    Submission refused = bench.webhook(observation());
    refused.observations.clear();
    refused.webhook->error = "no id";
    refused.records.put(Family::meta, "siigo/main/state", records::encode_text("x"));
    const auto step = bench.commit({refused});

    CHECK(step.commits.at(0).outcomes.empty());
    CHECK(step.state.counters.webhooks == 1);
    CHECK(step.state.counters.webhooks_processed == 0);
    const auto log = records::decode_webhook_log(bench.store.entries(Family::webhook_logs).begin()->second);
    REQUIRE(log);
    CHECK(log->result == WebhookResult::refused);
    CHECK(bench.store.entries(Family::meta).contains("siigo/main/state"));
}

TEST_CASE("each outcome says what became of the observation", "[ledger]") {
    struct Row {
        std::string what;
        Observation said;
        WebhookResult result;
    };
    const std::vector<Row> rows{
        {"duplicate", observation().with_stock(5).as_of("10:30"), WebhookResult::unchanged},
        {"older", observation().with_stock(7).as_of("10:29"), WebhookResult::stale},
        {"older properties alone",
         observation().by_page().coded("A").named("x").properties_as_of("10:00").seen(1, "09:00"),
         WebhookResult::stale},
        {"contradiction", observation().with_stock(7).as_of("10:30"), WebhookResult::deferred},
        {"no figure", observation().coded("A"), WebhookResult::deferred},
        {"newer", observation().with_stock(4).as_of("10:31"), WebhookResult::applied},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        Bench bench;
        bench.commit({bench.webhook(
            observation().coded("A").named("Uno").properties_as_of("10:30").with_stock(5).as_of("10:30"))});
        auto submission = bench.webhook(row.said);
        if (row.said.origin == Origin::page) submission.observations[0].seen = row.said.seen;
        const auto step = bench.commit({submission});
        CHECK(step.commits[0].outcomes[0].result == row.result);
        CHECK(step.commits[0].outcomes[0].changed == (row.result == WebhookResult::applied));
        CHECK(step.commits[0].outcomes[0].old_stock == Quantity{5});
    }
}

TEST_CASE("a figure that is not the sum of its warehouses is reported", "[ledger]") {
    Bench bench;
    const auto step = bench.commit({bench.webhook(observation().coded("A").with_stock(5).in_warehouse("1", "x", "4"))});
    CHECK(step.odd_sums == std::vector<std::string>{"A"});
    CHECK(step.notice.changes.at(0).warehouses == std::vector<std::string>{"1"});
}

TEST_CASE("the counters equal what counting gives, whatever happens to a product", "[ledger]") {
    Bench bench;
    const auto counters = [&] { return bench.state.counters; };
    bench.commit(
        {bench.webhook(observation().about(1).coded("A").with_stock("2.5")),
         bench.webhook(observation().about(2).coded("B").with_stock(4)),
         bench.webhook(observation().about(3).coded("C").from(Source::test).with_stock(9)),
         bench.webhook(observation().about(4).coded("D").with_property("type", Json{std::string{"Service"}}))});
    CHECK(counters().products == 4);
    CHECK(counters().synced_products == 2);
    CHECK(counters().stocked_products == 3);
    CHECK(counters().stock_sum == quantity("15.5"));
    CHECK(counters().updated_today == 4);
    CHECK(bench.findings() == std::vector<std::string>{});

    bench.commit(
        {bench.webhook(observation().about(2).coded("B").with_property("active", false).properties_as_of("10:00"))});
    bench.commit({bench.sync(observation().about(3).by_absence())});
    CHECK(counters().products == 3);
    CHECK(counters().stocked_products == 1);
    CHECK(counters().stock_sum == quantity("2.5"));
    CHECK(counters().updated_today == 4);
    CHECK(bench.findings() == std::vector<std::string>{});

    bench.now = at("2025-01-21T05:00:00");  // midnight in Bogotá
    bench.commit(
        {bench.webhook(observation().about(1).with_stock(3)), bench.webhook(observation().about(1).with_stock(4))});
    CHECK(counters().updated_today == 1);
    CHECK(counters().webhooks == 7);
    CHECK(counters().webhooks_last_hour == 2);
    CHECK(bench.findings() == std::vector<std::string>{});

    bench.now = at("2025-01-21T04:00:00");  // the clock is put back over midnight
    bench.commit({bench.webhook(observation().about(1).with_stock(5))});
    CHECK(counters().updated_today == 1);
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("absurd figures leave the sum within its bounds", "[ledger]") {
    CHECK(counted_stock(quantity("1.23456789")) == quantity("1.234567"));
    CHECK(counted_stock(quantity("-0.0000001")) == Quantity{});
    CHECK(counted_stock(quantity("999999999999.5")) == quantity("999999999999.5"));
    CHECK(counted_stock(quantity("1E12")) == Quantity{});
    CHECK(counted_stock(quantity("-1E12")) == Quantity{});

    Bench bench;
    bench.commit({bench.webhook(observation().about(1).coded("A").with_stock("1E-40")),
                  bench.webhook(observation().about(2).coded("B").with_stock("99999999999999999999")),
                  bench.webhook(observation().about(3).coded("C").with_stock("2.5"))});
    CHECK(bench.state.counters.stock_sum == quantity("2.5"));
    CHECK(bench.findings() == std::vector<std::string>{});
}

TEST_CASE("what was counted by day and by hour is let go of when asked later", "[ledger]") {
    LedgerCounters counters;
    counters.updated_today = 7;
    counters.today = bogota_day(at("12:00"));
    const auto minute = [](std::string_view time) { return at(time).unix_ms() / 60'000; };
    std::vector<std::pair<std::int64_t, std::uint64_t>> minutes{
        {minute("11:00"), 1}, {minute("11:01"), 2}, {minute("12:00"), 4}};

    roll_over(counters, minutes, at("12:00:59"), 40);
    CHECK(counters.updated_today == 7);
    CHECK(counters.webhooks_last_hour == 6);
    roll_over(counters, minutes, at("2025-01-21T04:59:59"), 41);
    CHECK(counters.updated_today == 7);
    CHECK(counters.webhooks_last_hour == 0);
    roll_over(counters, minutes, at("2025-01-21T05:00:00"), 42);
    CHECK(counters.updated_today == 0);
    CHECK(counters.today_behind == 42);
}

TEST_CASE("the ledger's state is read back as it was written", "[ledger]") {
    LedgerState state;
    state.head = 42;
    state.oldest = 7;
    state.ticks = 99;
    state.next_number = 12;
    state.counters = {3, 2, 2, quantity("-1.5"), 1, 20108, 50, 49, 6, 41};
    state.webhook_minutes = {{28956000, 4}, {28956001, 2}};
    state.head_hash = ChainHash{}.followed_by("a change");
    state.chained_from = 5;
    const auto read = decode_ledger_state(encode(state));
    REQUIRE(read);
    CHECK(*read == state);

    auto damaged = encode(state);
    damaged[5] ^= 1;
    CHECK(decode_ledger_state(damaged).error() == Errc::store_damaged);
}

TEST_CASE("each change is chained to the one before by its hash, the last to the state", "[ledger]") {
    Bench bench;
    bench.commit({bench.webhook(observation().coded("A").with_stock(5).as_of("10:00"))});
    const auto step = bench.commit({bench.webhook(observation().with_stock(4).as_of("10:01")),
                                    bench.webhook(observation().with_stock(3).as_of("10:02"))});
    ChainHash before;
    for (const auto& [key, value] : bench.store.entries(Family::changes)) {
        INFO(keys::seq_of(key).value());
        CHECK(records::is_next(value, before));
        before = records::decode_change(value)->hash.value();
    }
    CHECK(step.state.head_hash == before);
    CHECK(step.notice.head_hash == before);
    CHECK(bench.commit({bench.webhook(observation().with_stock(3).as_of("10:02"))}).state.head_hash == before);
}

TEST_CASE("who asks for a warehouse is told the same from the log as live", "[ledger]") {
    Bench bench;
    const auto created = bench.commit({bench.webhook(observation()
                                                         .coded("A")
                                                         .with_stock(5)
                                                         .in_warehouse("1", "x", "2")
                                                         .in_warehouse("2", "y", "3")
                                                         .as_of("10:00"))});
    const auto sold = bench.commit({bench.webhook(
        observation().with_stock(4).in_warehouse("1", "x", "1").in_warehouse("2", "y", "3").as_of("10:01"))});
    CHECK(created.notice.changes.at(0).warehouses == std::vector<std::string>{"1", "2"});
    CHECK(sold.notice.changes.at(0).warehouses == std::vector<std::string>{"1"});
    for (const auto& step : {created, sold}) {
        const auto& live = step.notice.changes.at(0);
        const auto kept =
            records::decode_change(bench.store.get(Family::changes, keys::change(live.seq)).value().value());
        CHECK(warehouses_concerned(kept->change) == live.warehouses);
    }
}

TEST_CASE("ticks in the state never fall behind those that were used", "[ledger]") {
    Bench bench;
    bench.commit({bench.webhook(observation().coded("A").with_stock(1))});
    CHECK(bench.state.ticks >= bench.product(1)->stock_register.seen);
}

}  // namespace stockcast
