#include "stockcast/model/logs.hpp"

#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

namespace {

std::string written(const WebhookLog& log) {
    std::string out;
    write_webhook_log_json(out, log);
    INFO(out);
    CHECK(parse_json(out));
    return out;
}

}  // namespace

TEST_CASE("a webhook's log entry has the members of the interface", "[logs]") {
    WebhookLog log;
    log.id = test::log_id(7);
    log.company = "main";
    log.received_at = test::at("10:30");
    log.topic = "public.siigoapi.products.stock.update";
    log.company_key = "acme";
    log.product = test::product_id(1);
    log.product_code = "PROD001";
    log.result = WebhookResult::applied;
    log.processed = true;
    log.old_stock = Quantity{10};
    log.new_stock = test::quantity("12.50");
    log.payload = "{\n \"available_quantity\": 12.50,\r\n \"id\": \"x\" }";
    CHECK(written(log) == R"({"id":")" + log.id.to_string() +
                              R"(","topic":"public.siigoapi.products.stock.update","company_key":"acme",)"
                              R"("product_id":"51000000-0000-0000-0000-000000000001","product_code":"PROD001",)"
                              R"("processed":true,"result":"applied","old_stock":10,"new_stock":12.5,"error":null,)"
                              R"("source":"webhook","received_at":"2025-01-20T10:30:00.000Z",)"
                              R"("payload":{"available_quantity":12.50,"id":"x"},"company":"main"})");
}

TEST_CASE("what is not known is null, and a payload that is no JSON stands as a string", "[logs]") {
    WebhookLog log;
    log.id = test::log_id(7);
    log.reprocess_of = test::log_id(3);
    log.error = "id: missing";
    for (const std::string payload : {"<html>\xFF", "", R"({"a":1,"a":2})", "{} {}"}) {
        log.payload = payload;
        const auto shown = *parse_json(written(log));
        CHECK(shown.find("payload")->if_string() != nullptr);
        CHECK(shown.find("topic")->is_null());
        CHECK(shown.find("product_id")->is_null());
        CHECK(shown.find("old_stock")->is_null());
        CHECK(*shown.find("error") == Json{"id: missing"});
        CHECK(*shown.find("reprocess_of") == Json{test::log_id(3).to_string()});
    }
}

TEST_CASE("a sync's log entry has its counts, and no end while it runs", "[logs]") {
    SyncLog log;
    log.id = test::log_id(9);
    log.company = "main";
    log.kind = SyncKind::full;
    log.source = Source::manual_sync;
    log.started_at = test::at("10:30");
    log.pages = 12;
    log.requests = 13;
    log.seen = 589;
    log.created = 1;
    log.updated = 2;
    log.deleted = 3;
    log.unannounced = 4;
    std::string out;
    write_sync_log_json(out, log);
    CHECK(out ==
          R"({"id":")" + log.id.to_string() +
              R"(","company":"main","kind":"full","source":"manual_sync","outcome":"running",)"
              R"("started_at":"2025-01-20T10:30:00.000Z","finished_at":null,"pages":12,"requests":13,"seen":589,)"
              R"("created":1,"updated":2,"deleted":3,"unannounced":4,"error":null})");

    log.outcome = SyncOutcome::failed;
    log.finished_at = test::at("10:31");
    log.error = "SIIGO gave no usable answer";
    out.clear();
    write_sync_log_json(out, log);
    const auto shown = *parse_json(out);
    CHECK(*shown.find("outcome") == Json{"failed"});
    CHECK(*shown.find("finished_at") == Json{"2025-01-20T10:31:00.000Z"});
    CHECK(*shown.find("error") == Json{"SIIGO gave no usable answer"});
}

TEST_CASE("results and outcomes have names", "[logs]") {
    CHECK(to_string(WebhookResult::applied) == "applied");
    CHECK(to_string(WebhookResult::unchanged) == "unchanged");
    CHECK(to_string(WebhookResult::stale) == "stale");
    CHECK(to_string(WebhookResult::deferred) == "deferred");
    CHECK(to_string(WebhookResult::refused) == "refused");
    CHECK(to_string(SyncKind::incremental) == "incremental");
    CHECK(to_string(SyncOutcome::completed) == "completed");
}
