#include "http/world.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;

namespace {

/// Entry n of the day: 10:00 and n minutes.
WebhookLog entry(unsigned n) {
    WebhookLog log;
    log.company = "main";
    log.received_at = at("10:00") + std::chrono::minutes{n};
    const auto time = LogId::first_at(log.received_at).bytes();
    log.id = LogId::from_bytes(time);
    log.topic = n % 2 == 0 ? "public.siigoapi.products.update" : "public.siigoapi.products.stock.update";
    log.product = product_id(n % 3);
    log.product_code = "P-" + std::to_string(n % 3);
    log.processed = n % 4 != 0;
    log.result = log.processed ? WebhookResult::applied : WebhookResult::refused;
    log.payload = R"({"n":)" + std::to_string(n) + "}";
    return log;
}

void keep(World& world, unsigned count) {
    Batch batch;
    for (unsigned n = 0; n < count; ++n)
        batch.put(Family::webhook_logs, keys::log("main", entry(n).id), records::encode(entry(n)));
    auto other = entry(3);
    batch.put(Family::webhook_logs, keys::log("other", other.id), records::encode(other));
    REQUIRE(world.store.commit(batch));
}

HttpResponse logs(World& world, std::string_view query) {
    return world.ask(get("/api/webhooks/logs?" + std::string{query}).bearing(world.token(Role::viewer)));
}

std::string numbers(const HttpResponse& response) {
    std::string out;
    const auto list = member(parsed(response), "logs");
    REQUIRE(list.if_array() != nullptr);
    for (const auto& log : *list.if_array()) out += to_text(member(log, "payload.n")) + ' ';
    return out;
}

}  // namespace

TEST_CASE("notifications are listed newest first, page by page, one company's only", "[http][logs]") {
    World world;
    keep(world, 7);
    const auto first = logs(world, "limit=3");
    CHECK(first.status == 200);
    CHECK(numbers(first) == "6 5 4 ");
    const auto second = logs(world, "limit=3&before=" + text_at(first, "next"));
    CHECK(numbers(second) == "3 2 1 ");
    const auto third = logs(world, "limit=3&before=" + text_at(second, "next"));
    CHECK(numbers(third) == "0 ");
    CHECK(text_at(third, "next") == "null");
    CHECK(text_at(first, "logs.0.product_code") == "P-0");
    CHECK(text_at(first, "logs.0.result") == "applied");
}

TEST_CASE("notifications are narrowed by every filter, alone and together", "[http][logs]") {
    World world;
    keep(world, 7);
    struct Row {
        std::string query;
        const char* numbers;
    };
    const std::vector<Row> rows{
        {"topic=public.siigoapi.products.update", "6 4 2 0 "},
        {"topic=update", ""},
        {"product=P-1", "4 1 "},
        {"product=" + product_id(2).to_string(), "5 2 "},
        {"product=unknown", ""},
        {"processed=false", "4 0 "},
        {"processed=true", "6 5 3 2 1 "},
        {"from=2025-01-20T10:04:00Z", "6 5 4 "},
        {"to=2025-01-20T10:02:00Z", "1 0 "},
        {"from=2025-01-20T10:02:00Z&to=2025-01-20T10:04:00Z", "3 2 "},
        {"from=2025-01-20T05:04:00-05:00", "6 5 4 "},
        {"from=2025-01-20T12:04:00%2B02:00", "6 5 4 "},
        {"from=2025-01-20T10:04:00Z&to=2025-01-20T10:02:00Z", ""},
        {"from=0001-01-01&to=9999-12-31", "6 5 4 3 2 1 0 "},
        {"processed=true&topic=public.siigoapi.products.update&product=P-2", "2 "},
    };
    for (const auto& row : rows) {
        CAPTURE(row.query);
        CHECK(numbers(logs(world, row.query)) == row.numbers);
    }
}

TEST_CASE("one notification is shown in full", "[http][logs]") {
    World world;
    keep(world, 2);
    const auto ask = [&](const std::string& id) {
        return world.ask(get("/api/webhooks/logs/" + id).bearing(world.token(Role::viewer)));
    };
    const auto response = ask(entry(1).id.to_string());
    CHECK(response.status == 200);
    CHECK(text_at(response, "log.payload.n") == "1");
    CHECK(text_at(response, "log.id") == entry(1).id.to_string());
    CHECK(ask(log_id(999).to_string()).status == 404);
    CHECK(ask("x").status == 404);
}

TEST_CASE("a damaged entry is an error with a name, not a silent gap", "[http][logs]") {
    World world;
    keep(world, 2);
    Batch batch;
    batch.put(Family::webhook_logs, keys::log("main", entry(1).id), "damaged");
    REQUIRE(world.store.commit(batch));
    CHECK(logs(world, "limit=10").status == 500);
    CHECK(world.ask(get("/api/webhooks/logs/" + entry(1).id.to_string()).bearing(world.token(Role::viewer))).status ==
          500);
}

TEST_CASE("runs of the sync are listed newest first", "[http][logs]") {
    World world;
    Batch batch;
    for (unsigned n = 1; n <= 3; ++n) {
        SyncLog run;
        run.company = "main";
        run.id = log_id(n);
        run.pages = n;
        run.started_at = at("10:00");
        batch.put(Family::sync_logs, keys::log("main", run.id), records::encode(run));
    }
    REQUIRE(world.store.commit(batch));
    const auto response = world.ask(get("/api/sync/logs?limit=2").bearing(world.token(Role::viewer)));
    CHECK(text_at(response, "logs.0.pages") == "3");
    CHECK(text_at(response, "logs.1.pages") == "2");
    const auto rest =
        world.ask(get("/api/sync/logs?before=" + text_at(response, "next")).bearing(world.token(Role::viewer)));
    CHECK(text_at(rest, "logs.0.pages") == "1");
    CHECK(text_at(rest, "next") == "null");
}
