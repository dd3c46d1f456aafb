#include "store/opened_store.hpp"
#include "store/sample_records.hpp"
#include "support/memory_store.hpp"
#include "tools/stockcast_dump.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/store/fields.hpp"
#include "stockcast/store/floors.hpp"
#include "stockcast/store/keys.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <sstream>

using namespace stockcast;
using namespace stockcast::test;

namespace {

struct Dumped {
    bool good = false;
    std::string text;
    std::string complaints;

    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        std::istringstream in{text};
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        return lines;
    }
    Json only() const {
        REQUIRE(lines().size() == 1);
        return parse_json(lines().front()).value();
    }
};

Dumped dump_of(const Store& store, const dump::Request& request) {
    std::ostringstream out;
    std::ostringstream complaints;
    const bool good = dump::dump(store, request, out, complaints);
    return {good, out.str(), complaints.str()};
}

std::string member(const Json& object, std::string_view name) {
    const auto* found = object.find(name);
    REQUIRE(found);
    return to_text(*found);
}

dump::Request of(Family family, std::optional<dump::Bound> from = {}, std::optional<dump::Bound> to = {}) {
    return {{family}, {from, to}, dump::Format::json_lines};
}

records::StoredChange change_at(Seq seq, std::string_view time) {
    auto stored = stock_change();
    stored.change.seq = seq;
    stored.change.recorded_at = at(time);
    stored.event = "{\"seq\":" + std::to_string(seq) + '}';
    return stored;
}

}  // namespace

TEST_CASE("every family's entries are printed one a line with their family", "[dump]") {
    MemoryStore store;
    Batch batch;
    auto shown = full_product();
    shown.properties = "{\"prices\":[1.50,\n 2.00]}";
    batch.put(Family::products, keys::product("main", shown.id), records::encode(shown));
    batch.put(Family::product_codes, keys::product_code("main", "PROD,\"1\"", product_id(1)), "");
    batch.put(Family::changes, keys::change(300), records::encode(stock_change()));
    batch.put(Family::product_changes, keys::product_change("main", product_id(1), 300), "");
    batch.put(Family::webhook_logs, keys::log("main", log_id(1)), records::encode(sample_webhook_logs().front()));
    batch.put(Family::sync_logs, keys::log("main", log_id(2)), records::encode(sample_sync_logs().front()));
    batch.put(Family::subscriptions, keys::subscription("main", "id-1"),
              records::encode(sample_subscriptions().front()));
    batch.put(Family::audit, keys::log("main", log_id(3)), records::encode(sample_audit().front()));
    batch.put(Family::meta, std::string{keys::epoch}, records::encode_text("E1"));
    REQUIRE(store.commit(batch));

    dump::Request everything;
    for (std::size_t i = 0; i < family_count; ++i) everything.families.push_back(static_cast<Family>(i));
    const auto dumped = dump_of(store, everything);
    CHECK(dumped.good);
    CHECK(dumped.complaints.empty());
    const auto lines = dumped.lines();
    REQUIRE(lines.size() == family_count);
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto entry = parse_json(lines[i]).value();
        CHECK(member(entry, "family") == '"' + std::string{to_string(static_cast<Family>(i))} + '"');
    }
    CHECK(member(parse_json(lines[0]).value(), "prices") == "[1.50,2.00]");
    CHECK(member(parse_json(lines[0]).value(), "available_quantity") == "12.5");
    CHECK(member(parse_json(lines[1]).value(), "code") == R"("PROD,\"1\"")");
    CHECK(member(parse_json(lines[7]).value(), "parameters") == R"({"new_stock":15})");
    CHECK(lines[2] == R"({"family":"changes","type":"stock_updated","seq":300})");
}

TEST_CASE("a payload survives a dump byte for byte, also where it is no UTF-8", "[dump]") {
    const std::vector<std::pair<std::string, std::string>> payloads{{"{\"a\":  1.50,\n\"b\":\"\\u00f1ñ\"}", ""},
                                                                    {"not json \t\"", ""},
                                                                    {std::string{"\0x", 2}, ""},
                                                                    {"", ""},
                                                                    {"\xff", "\"/w==\""},
                                                                    {"{\"a\":\"\xc3\"}", "\"eyJhIjoiwyJ9\""}};
    for (const auto& [payload, base64] : payloads) {
        MemoryStore store;
        auto log = sample_webhook_logs().front();
        log.payload = payload;
        REQUIRE(store.commit(batch_of(Family::webhook_logs, keys::log("main", log.id), records::encode(log))));
        const auto entry = dump_of(store, of(Family::webhook_logs)).only();
        if (base64.empty()) {
            REQUIRE(entry.find("payload")->if_string());
            CHECK(*entry.find("payload")->if_string() == payload);
            CHECK_FALSE(entry.find("payload_base64"));
        } else {
            CHECK(entry.find("payload")->is_null());
            CHECK(member(entry, "payload_base64") == base64);
        }
    }
}

TEST_CASE("what stockcast keeps for itself is shown as members", "[dump]") {
    MemoryStore store;
    auto anchor = full_product();
    Batch batch;
    batch.put(Family::meta, keys::anchor("main", anchor.id), records::encode(anchor));
    batch.put(Family::meta, std::string{keys::floors},
              encode(Floors{.changes = 7,
                            .changes_until = at("10:30"),
                            .changes_hash = ChainHash{}.followed_by("6"),
                            .logs = log_id(3),
                            .audit = {}}));
    LedgerState ledger;
    ledger.head = 9;
    ledger.head_hash = ChainHash{}.followed_by("9");
    batch.put(Family::meta, std::string{keys::ledger_state}, encode(ledger));
    FieldWriter siigo{1};
    siigo.text(1, "who").text(2, "key").instant(3, at("10:30")).signed_number(4, 482'000).number(5, 9).number(6, 2);
    siigo.number(7, 1).instant(8, at("10:00")).instant(9, at("11:00"));
    batch.put(Family::meta, keys::siigo_state("main"), siigo.finish());
    FieldWriter sync{1};
    sync.instant(1, at("10:30"));
    batch.put(Family::meta, keys::sync_state("main"), sync.finish());
    FieldWriter suspects{1};
    suspects.text(1, std::string_view{reinterpret_cast<const char*>(anchor.id.bytes().data()), 16});
    batch.put(Family::meta, keys::sync_state("main") + "/suspects", suspects.finish());
    REQUIRE(store.commit(batch));

    const auto dumped = dump_of(store, of(Family::meta));
    CHECK(dumped.good);
    CHECK_THAT(dumped.text, !Catch::Contains("hex") && !Catch::Contains("who"));
    std::map<std::string, Json> values;
    for (const auto& line : dumped.lines()) {
        const auto entry = parse_json(line).value();
        values[*entry.find("name")->if_string()] = *entry.find("value");
    }
    REQUIRE(values.size() == 6);
    CHECK(member(values[keys::anchor("main", anchor.id)], "available_quantity") == "12.5");
    CHECK(member(values["floors"], "changes") == "7");
    CHECK(member(values["floors"], "changes_hash") == '"' + ChainHash{}.followed_by("6").to_hex() + '"');
    CHECK(member(values["ledger"], "head") == "9");
    CHECK(member(values["ledger"], "head_hash") == '"' + ledger.head_hash.to_hex() + '"');
    CHECK(member(values["floors"], "logs") == '"' + log_id(3).to_string() + '"');
    CHECK(member(values["siigo/main/state"], "sends") == R"(["2025-01-20T10:30:00Z"])");
    CHECK(member(values["siigo/main/state"], "hours") == R"([{"hour":"2024-12-26T08:00:00Z","calls":9,"failures":2}])");
    CHECK(member(values["siigo/main/state"], "next_probe") == R"("2025-01-20T11:00:00Z")");
    CHECK(member(values["sync/main/state"], "first_completed") == R"("2025-01-20T10:30:00Z")");
    CHECK(member(values["sync/main/state"], "open_run") == "null");
    CHECK(member(values["sync/main/state/suspects"], "products") == "[\"" + anchor.id.to_string() + "\"]");
}

TEST_CASE("secrets are masked", "[dump]") {
    MemoryStore store;
    REQUIRE(store.commit(batch_of(Family::meta, std::string{keys::webhook_secret}, records::encode_text("s3cr3t"))));
    REQUIRE(store.commit(batch_of(Family::meta, "of a later version", records::encode_text("s3cr3t"))));
    auto subscription = sample_subscriptions().front();
    subscription.url = "https://shop.example/api/webhooks/receive/s3cr3t";
    REQUIRE(
        store.commit(batch_of(Family::subscriptions, keys::subscription("main", "1"), records::encode(subscription))));
    dump::Request both{{Family::meta, Family::subscriptions}, {}, dump::Format::json_lines};
    const auto dumped = dump_of(store, both);
    CHECK(dumped.good);
    CHECK_THAT(dumped.text, !Catch::Contains("s3cr3t"));
    CHECK_THAT(dumped.text, Catch::Contains("https://shop.example/api/webhooks/receive/***"));
}

TEST_CASE("a seq or a time bounds changes, both ends included", "[dump]") {
    MemoryStore store;
    Batch batch;
    for (Seq seq = 1; seq <= 5; ++seq) {
        batch.put(Family::changes, keys::change(seq), records::encode(change_at(seq, "10:3" + std::to_string(seq))));
        batch.put(Family::product_changes, keys::product_change("main", product_id(1), seq), "");
    }
    REQUIRE(store.commit(batch));
    const auto count = [&](std::optional<dump::Bound> from, std::optional<dump::Bound> to) {
        const auto changes = dump_of(store, of(Family::changes, from, to));
        CHECK(changes.good);
        CHECK(dump_of(store, of(Family::product_changes, from, to)).lines().size() == changes.lines().size());
        return changes.lines().size();
    };
    CHECK(count({}, {}) == 5);
    CHECK(count(Seq{2}, Seq{4}) == 3);
    CHECK(count({}, ~Seq{0}) == 5);
    CHECK(count(at("10:32"), at("10:34")) == 3);
    CHECK(count(Seq{2}, at("10:33")) == 2);
    CHECK(count(at("10:36"), {}) == 0);
}

TEST_CASE("a time bounds logs, a seq does not", "[dump]") {
    MemoryStore store;
    Batch batch;
    for (const auto* time : {"10:30", "10:31", "10:32"}) {
        auto log = sample_webhook_logs().front();
        log.id = LogId::first_at(at(time));
        batch.put(Family::webhook_logs, keys::log("main", log.id), records::encode(log));
    }
    REQUIRE(store.commit(batch));
    CHECK(dump_of(store, of(Family::webhook_logs, at("10:31"), at("10:31"))).lines().size() == 1);
    CHECK(dump_of(store, of(Family::webhook_logs, Seq{99}, {})).lines().size() == 3);
    CHECK_FALSE(dump::Window{Seq{1}, {}}.bounds(Family::webhook_logs));
    CHECK(dump::Window{at("10:30"), {}}.bounds(Family::webhook_logs));
    CHECK_FALSE(dump::Window{at("10:30"), {}}.bounds(Family::products));
}

TEST_CASE("bounds are digits for a seq and anything else for a time", "[dump]") {
    CHECK(std::get<Seq>(dump::parse_bound("42").value()) == 42);
    CHECK(std::get<Instant>(dump::parse_bound("2025-01-20T10:30:00Z").value()) == at("10:30"));
    for (const auto* bad : {"", "-1", "4x", "99999999999999999999", "yesterday"}) CHECK_FALSE(dump::parse_bound(bad));
}

TEST_CASE("CSV has a header, quotes what needs it and leaves absent members empty", "[dump]") {
    MemoryStore store;
    REQUIRE(store.commit(batch_of(Family::product_codes, keys::product_code("main", "A,\"1\"\n", product_id(1)), "")));
    dump::Request request{{Family::product_codes}, {}, dump::Format::csv};
    CHECK(dump_of(store, request).text ==
          "company,code,product_id\r\nmain,\"A,\"\"1\"\"\n\"," + product_id(1).to_string() + "\r\n");

    auto log = sample_webhook_logs().front();
    log.payload = "{\"a\":1}";
    log.old_stock.reset();
    REQUIRE(store.commit(batch_of(Family::webhook_logs, keys::log("main", log.id), records::encode(log))));
    request.families = {Family::webhook_logs};
    const auto text = dump_of(store, request).text;
    CHECK_THAT(text, Catch::Contains(",stale,,15,") && Catch::Contains("\"{\"\"a\"\":1}\","));
}

TEST_CASE("what is damaged is named and the rest is printed", "[dump]") {
    MemoryStore store;
    auto broken = records::encode(change_at(2, "10:30"));
    broken.back() = static_cast<char>(broken.back() ^ 1);
    Batch batch;
    batch.put(Family::changes, keys::change(1), records::encode(change_at(1, "10:30")));
    batch.put(Family::changes, keys::change(2), broken);
    batch.put(Family::changes, keys::change(3), records::encode(change_at(3, "10:30")));
    REQUIRE(store.commit(batch));
    const auto dumped = dump_of(store, of(Family::changes));
    CHECK_FALSE(dumped.good);
    CHECK(dumped.lines().size() == 2);
    CHECK_THAT(dumped.complaints, Catch::Contains("changes"));
}
