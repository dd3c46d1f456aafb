// Stores that a version without the chain has written, and those it goes on with after it was rolled back to.
#include "ledger/bench.hpp"

#include "stockcast/ledger/retention.hpp"
#include "stockcast/store/fields.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

/// As a version writes it that does not know these fields.
std::string without_fields(std::string_view value, std::initializer_list<std::uint8_t> tags) {
    FieldWriter out{1};
    auto reader = FieldReader::open(value, 1).value();
    while (const auto field = reader.next().value()) {
        if (std::ranges::find(tags, field->tag) == tags.end()) out.text(field->tag, field->bytes);
    }
    return out.finish();
}

/// What the version before the chain makes of a batch: it skips what it does not know, and so leaves it out of what it
/// writes again.
Batch by_former_version(const Batch& batch) {
    Batch former;
    for (const auto& [family, key, value] : batch.writes()) {
        if (family == Family::changes && value) {
            former.put(family, key, without_fields(*value, {14}));
        } else if (family == Family::meta && key == keys::ledger_state) {
            former.put(family, key, without_fields(value.value(), {17, 18}));
        } else if (family == Family::meta && key == keys::floors) {
            former.put(family, key, without_fields(value.value(), {5}));
        } else if (value) {
            former.put(family, key, *value);
        } else {
            former.erase(family, key);
        }
    }
    return former;
}

void take_up_state(Bench& bench) {
    bench.state = decode_ledger_state(*bench.store.get(Family::meta, keys::ledger_state).value()).value();
}

void commit_formerly(Bench& bench, const std::vector<Submission>& submissions) {
    Held held;
    for (const auto& submission : submissions) {
        for (const auto& said : submission.observations)
            held[{said.company, said.product}] = bench.read(said.company, said.product);
    }
    const auto worked = step(held, submissions, bench.state, bench.now, bench.rules);
    REQUIRE(bench.store.commit(by_former_version(worked.batch)));
    take_up_state(bench);
}

/// `sale` of product 1, at the minute of its number.
Submission sale(Bench& bench, int minute) {
    const auto time = (minute < 10 ? "10:0" : "10:") + std::to_string(minute);
    return bench.webhook(observation().coded("A").with_stock(100 - minute).as_of(time));
}

void let_all_go(Bench& bench, Instant before, bool formerly) {
    auto plan = plan_retention(bench.store, {.changes = before, .logs = {}, .audit = {}}, 1000).value();
    REQUIRE(plan.submission.floors);
    std::vector<Submission> submissions;
    submissions.push_back(std::move(plan.submission));
    if (formerly)
        commit_formerly(bench, submissions);
    else
        bench.commit(submissions);
}

const std::vector<std::string> no_findings;

}  // namespace

TEST_CASE("in a store from before the chain it begins behind the last change without a hash", "[ledger][chain]") {
    Bench bench;
    commit_formerly(bench, {sale(bench, 1), sale(bench, 2)});
    CHECK(bench.state.chained_from == 3);
    CHECK(bench.state.head_hash == ChainHash{});
    CHECK(bench.findings() == no_findings);

    bench.commit({sale(bench, 3)});
    bench.commit({sale(bench, 4)});
    CHECK(bench.state.chained_from == 3);
    CHECK(bench.findings() == no_findings);
    const auto changes = bench.store.entries(Family::changes);
    CHECK_FALSE(records::decode_change(changes.at(keys::change(2)))->hash);
    CHECK(records::is_next(changes.at(keys::change(3)), ChainHash{}));
    CHECK(records::decode_change(changes.at(keys::change(4)))->hash == bench.state.head_hash);
}

TEST_CASE("the chain begins anew when the former version has gone on meanwhile", "[ledger][chain]") {
    Bench bench;
    bench.commit({sale(bench, 1), sale(bench, 2)});
    commit_formerly(bench, {sale(bench, 3)});
    CHECK(bench.state.chained_from == 4);
    CHECK(bench.findings() == no_findings);
    bench.commit({sale(bench, 4)});
    CHECK(bench.findings() == no_findings);
    commit_formerly(bench, {bench.webhook(observation().coded("A").with_stock(96).as_of("10:04"))});  // changes nothing
    CHECK(bench.state.chained_from == 5);
    bench.commit({sale(bench, 5)});
    CHECK(bench.findings() == no_findings);
}

TEST_CASE("retention takes changes of either version, by either version", "[ledger][chain]") {
    const bool formerly = GENERATE(false, true);
    for (const int kept : {1, 2, 3, 4}) {
        INFO(formerly << ", from " << kept);
        Bench bench;
        bench.now = at("12:01");
        commit_formerly(bench, {sale(bench, 1)});
        bench.now = at("12:02");
        bench.commit({sale(bench, 2)});
        bench.now = at("12:03");
        bench.commit({sale(bench, 3)});
        if (kept > 1) let_all_go(bench, at("12:0" + std::to_string(kept)), formerly);
        REQUIRE(bench.store.reclaim());
        CHECK(bench.state.oldest == static_cast<Seq>(kept));
        CHECK(bench.findings() == no_findings);
        bench.commit({sale(bench, 4)});
        CHECK(bench.findings() == no_findings);
    }
}

}  // namespace stockcast
