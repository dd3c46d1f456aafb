#include "http/reception.hpp"
#include "http/world.hpp"

#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;

namespace {

/// Every log entry that is stored, oldest first.
std::vector<WebhookLog> logged(const World& world) {
    std::vector<WebhookLog> logs;
    for (const auto& [key, value] : world.store.entries(Family::webhook_logs))
        logs.push_back(*records::decode_webhook_log(value));
    return logs;
}

std::string in_data(std::string_view members) {
    return R"({"topic":"public.siigoapi.products.stock.update",)" + std::string{members} + "}";
}

}  // namespace

TEST_CASE("a notification with the secret is durable, logged and answered with its outcome", "[http][webhooks]") {
    World world;
    const auto body = notification("12.50");
    const auto response = world.ask(notify(body));
    CHECK(response.status == 200);
    CHECK(text_at(response, "success") == "true");
    CHECK(text_at(response, "result") == "applied");

    const auto logs = logged(world);
    REQUIRE(logs.size() == 1);
    CHECK(logs[0].id.to_string() == text_at(response, "id"));
    CHECK(logs[0].payload == body);
    CHECK(logs[0].processed);
    CHECK(logs[0].result == WebhookResult::applied);
    CHECK(logs[0].source == Source::webhook);
    CHECK(logs[0].topic == "public.siigoapi.products.stock.update");
    CHECK(logs[0].company_key == "acme");
    CHECK(logs[0].product == product_id(1));
    CHECK(logs[0].product_code == "PROD001");
    CHECK(logs[0].new_stock == quantity("12.5"));
    CHECK(world.log.has("PROD001 Producto Ejemplo"));

    const auto again = world.ask(notify(body));
    CHECK(text_at(again, "result") == "unchanged");
    const auto late = world.ask(notify(notification("9", "2025-01-20T10:00:00Z")));
    CHECK(text_at(late, "result") == "stale");
    CHECK(logged(world).size() == 3);
}

TEST_CASE("a wrong secret gets 401 and leaves nothing behind", "[http][webhooks]") {
    World world;
    const std::string secret{webhook_secret};
    const std::string wrong =
        GENERATE_COPY(std::string{"x"}, secret + "x", secret.substr(1), std::string{"A"} + secret.substr(1));
    const auto response = world.ask(post("/api/webhooks/receive/" + wrong).sending(notification("1")));
    CHECK(response.status == 401);
    CHECK(logged(world).empty());
    for (const auto& line : world.log.lines()) CHECK(line.english.find(wrong) == std::string::npos);
}

TEST_CASE("during a rotation both secrets count", "[http][webhooks]") {
    auto settings = usual_settings();
    settings.api.webhook_secrets = {"the-old-secret-0123456789", "the-new-secret-0123456789"};
    World world{settings};
    CHECK(world.ask(post("/api/webhooks/receive/the-old-secret-0123456789").sending(notification("1"))).status == 200);
    CHECK(world.ask(post("/api/webhooks/receive/the-new-secret-0123456789").sending(notification("2"))).status == 200);
}

TEST_CASE("a server without a secret believes nobody", "[http][webhooks]") {
    auto settings = usual_settings();
    settings.api.webhook_secrets = {""};
    World world{settings};
    CHECK(world.ask(post("/api/webhooks/receive/x").sending(notification("1"))).status == 401);
}

TEST_CASE("what is no notification is refused with its reason, and logged", "[http][webhooks]") {
    World world;
    const std::string id = R"("id":")" + product_id(1).to_string() + '"';
    struct Row {
        unsigned status;
        std::string body;
        const char* member;  // of `errors`; null: none are expected
    };
    const std::string deep = std::string(40, '[') + std::string(40, ']');
    const std::vector<Row> rows{
        {400, "", nullptr},
        {400, "hello", nullptr},
        {400, "{", nullptr},
        {400, R"({"a":1,"a":2})", nullptr},
        {400, in_data(id + R"(,"available_quantity":1,"available_quantity":2)"), nullptr},
        {400, in_data(id + R"(,"available_quantity":1e401)"), nullptr},
        {400, in_data(id + R"(,"available_quantity":01)"), nullptr},
        {400, in_data(id + R"(,"available_quantity":)" + std::string(100, '9')), nullptr},
        {400, in_data(id + ",\"name\":\"\xff\""), nullptr},
        {400, in_data(id + R"(,"name":"\ud800")"), nullptr},
        {400, in_data(id) + std::string(1, '\0'), nullptr},
        {400, std::string("{\"a\":\"\0\"}", 9), nullptr},
        {400, in_data(id + R"(,"x":)" + deep), nullptr},
        {400, in_data(id) + in_data(id), nullptr},
        {400, "[]", nullptr},
        {400, "null", nullptr},
        {400, "\"x\"", nullptr},
        {422, "{}", "topic"},
        {422, "{" + id + "}", "topic"},
        {422, R"({"topic":"public.siigoapi.invoices.create",)" + id + "}", "topic"},
        {422, in_data(R"("name":"no id")"), "id"},
        {422, in_data(R"("id":"not-a-guid")"), "id"},
        {422, in_data(id + R"(,"available_quantity":"many")"), "available_quantity"},
        {422, in_data(id + R"(,"available_quantity":1e400)"), "available_quantity"},
        {422, in_data(id + R"(,"available_quantity":1e40)"), "available_quantity"},
        {422, in_data(R"("code":"UNKNOWN")"), "code"},
    };
    std::size_t count = 0;
    for (const auto& row : rows) {
        CAPTURE(row.body);
        const auto response = world.ask(notify(row.body));
        REQUIRE(response.status == row.status);
        CHECK(response.fields.get("Content-Type") == "application/problem+json");
        if (row.member != nullptr) {
            CHECK(text_at(response, "errors.0.member") == row.member);
            CHECK_FALSE(text_at(response, "errors.0.reason").empty());
        }
        const auto logs = logged(world);
        REQUIRE(logs.size() == ++count);
        CHECK(logs.back().result == WebhookResult::refused);
        CHECK_FALSE(logs.back().processed);
        CHECK_FALSE(logs.back().error.empty());
        CHECK(logs.back().payload == row.body);
    }
    CHECK(world.store.entries(Family::products).empty());
}

TEST_CASE("what is not called JSON gets 415, and is logged when it had the secret", "[http][webhooks]") {
    World world;
    struct Row {
        const char* type;
        const char* encoding;
        unsigned status;
    };
    const std::vector<Row> rows{
        {"application/json", "", 200},
        {"application/json; charset=utf-8", "", 200},
        {"Application/JSON ;charset=utf-8", "identity", 200},
        {"", "", 415},
        {"text/plain", "", 415},
        {"application/jsonx", "", 415},
        {"application/x-www-form-urlencoded", "", 415},
        {"application/json", "gzip", 415},
    };
    std::size_t count = 0;
    for (const auto& row : rows) {
        CAPTURE(row.type, row.encoding);
        auto request =
            post("/api/webhooks/receive/" + std::string{webhook_secret}).sending(notification("1"), row.type);
        if (*row.encoding != '\0') request.with("Content-Encoding", row.encoding);
        CHECK(world.ask(request).status == row.status);
        CHECK(logged(world).size() == ++count);
        auto open = post("/api/webhooks/receive").sending(notification("1"), row.type);
        if (*row.encoding != '\0') open.with("Content-Encoding", row.encoding);
        CHECK(world.ask(open).status == (row.status == 200 ? 202 : row.status));
        CHECK(logged(world).size() == count);
    }
}

TEST_CASE("a body over 1 MiB gets 413, announced or not", "[http][webhooks]") {
    World world;
    const std::string large((1u << 20) + 1, ' ');
    CHECK(world.ask(notify(large)).status == 413);
    CHECK(world.ask(post("/api/webhooks/receive").sending(large)).status == 413);
    HttpRequest chunked =
        post("/api/webhooks/receive/" + std::string{webhook_secret}).with("Content-Type", "application/json");
    chunked.body = large;
    CHECK(world.ask(chunked).status == 413);
    const std::string just = notification("1") + std::string((1u << 20) - notification("1").size(), ' ');
    CHECK(world.ask(notify(just)).status == 200);
}

TEST_CASE("of a large refused body only the beginning is kept", "[http][webhooks]") {
    World world;
    CHECK(world.ask(notify(std::string(500'000, 'x'))).status == 400);
    const auto logs = logged(world);
    REQUIRE(logs.size() == 1);
    CHECK(logs[0].payload == std::string(16 * 1024, 'x'));
}

TEST_CASE("another company's notification is refused once the company is known", "[http][webhooks]") {
    World world;
    CHECK(world.ask(notify(notification("1"))).status == 200);  // not known yet: any is taken
    world.upstream.state.company_key = "another";
    world.clock.advance(std::chrono::seconds{1});
    const auto refused = world.ask(notify(notification("2")));
    CHECK(refused.status == 422);
    CHECK(text_at(refused, "errors.0.member") == "company_key");
    CHECK(logged(world).back().company_key == "acme");
    CHECK(world.ask(post("/api/webhooks/receive").sending(notification("2"))).status == 422);
    world.upstream.state.company_key = "acme";
    world.clock.advance(std::chrono::seconds{1});
    CHECK(world.ask(notify(notification("3"))).status == 200);
    // One that does not say whose it is had the secret all the same.
    CHECK(world.ask(notify(in_data(R"("id":")" + product_id(1).to_string() + R"(","available_quantity":4)"))).status ==
          200);
}

TEST_CASE("a notification that names only a code is its owner's", "[http][webhooks]") {
    World world;
    world.observe(observation().about(7).coded("CAFE-1").named("Caf\xc3\xa9").with_stock(3).as_of("10:00").by_read());
    const auto response =
        world.ask(notify(in_data(R"("code":"CAFE-1","available_quantity":2,"stock_updated":"2025-01-20T10:30:00Z")")));
    CHECK(response.status == 200);
    CHECK(text_at(response, "result") == "applied");
    CHECK(logged(world).back().product == product_id(7));
}

TEST_CASE("a replayed notification says so", "[http][webhooks]") {
    World world;
    HttpRequest request = notify(notification("1"));
    request.fields.add("X-Stockcast-Replay", "1");
    CHECK(world.ask(request).status == 200);
    CHECK(logged(world).back().source == Source::replay);
}

TEST_CASE("a hint is asked for, not believed and not written", "[http][webhooks]") {
    World world;
    const auto response = world.ask(post("/api/webhooks/receive").sending(notification("99")));
    CHECK(response.status == 202);
    CHECK(text_at(response, "success") == "true");
    CHECK(text_at(response, "scheduled") == "true");
    CHECK(world.upstream.hinted == std::vector{product_id(1)});
    CHECK(world.store.entries(Family::products).empty());
    CHECK(logged(world).empty());

    world.upstream.hints_left = false;
    const auto used_up = world.ask(post("/api/webhooks/receive").sending(notification("99")));
    CHECK(used_up.status == 202);
    CHECK(text_at(used_up, "scheduled") == "false");
    CHECK(world.ask(post("/api/webhooks/receive").sending("{}")).status == 422);
    CHECK(world.ask(post("/api/webhooks/receive").sending("{")).status == 400);
    CHECK(world.upstream.hinted.size() == 2);
}

TEST_CASE("a full ledger is 429, a full disk 503, and both say when to try again", "[http][webhooks]") {
    SECTION("ledger") {
        auto settings = usual_settings();
        settings.ledger.queue_max = 0;
        World world{settings};
        const auto response = world.ask(notify(notification("1")));
        CHECK(response.status == 429);
        CHECK(response.fields.get("Retry-After") == "1");
        // Not even logged, but still refused: SIIGO must not send it again.
        CHECK(world.ask(notify("{}")).status == 422);
    }
    SECTION("disk") {
        World world;
        world.store.set_full(true);
        const auto response = world.ask(notify(notification("1")));
        CHECK(response.status == 503);
        CHECK(response.fields.get("Retry-After") == "30");
        CHECK(world.ask(notify("{}")).status == 422);
        CHECK_FALSE(world.fatal);
        CHECK(world.store.entries(Family::webhook_logs).empty());
    }
    SECTION("a failed fsync") {
        World world;
        world.store.fail_next_commit(MemoryStore::Fault::failed);
        const auto response = world.ask(notify(notification("1")));
        CHECK(response.status == 503);
        CHECK(response.fields.has("Retry-After"));
    }
}

TEST_CASE("the line of a refusal is bounded and stays UTF-8", "[http][webhooks]") {
    Refusal refusal{422, "no", {}};
    for (int i = 0; i < 100; ++i)
        refusal.errors.push_back({"member", std::string(7, 'x') + "\xc3\xb1\xc3\xb1\xc3\xb1\xc3\xb1"});
    const auto line = in_one_line(refusal);
    CHECK(line.size() <= 1'000);
    CHECK(line.size() > 990);
    CHECK(line.starts_with("no: member: xxxxxxx\xc3\xb1"));
    std::string json;
    write_json_string(json, line);
    CHECK(json == '"' + line + '"');
    CHECK(in_one_line({422, "no", {{"a", "b"}, {"c", "d"}}}) == "no: a: b; c: d");
}
