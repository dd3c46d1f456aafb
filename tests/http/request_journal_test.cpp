#include "http/world.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace stockcast;
using namespace stockcast::test;

namespace {

std::string id_of(const HttpResponse& response) {
    return std::string{response.fields.get("X-Request-Id")};
}

WorldSettings behind_a_proxy() {
    auto settings = usual_settings();
    settings.api.trusted_proxies = *TrustedProxies::parse({"10.0.0.0/8"});
    return settings;
}

bool counted(World& world, std::string_view route, std::string_view code, int count) {
    const auto metrics = world.metrics.text();
    for (const auto method : {"GET", "POST", ""}) {
        const auto line = "stockcast_http_requests_total{method=\"" + std::string{method} + "\",route=\"" +
                          std::string{route} + "\",code=\"" + std::string{code} + "\"} " + std::to_string(count) + "\n";
        if (metrics.find(line) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("every answer carries an id of its own, a problem also as a member", "[http][journal]") {
    World world;
    std::set<std::string> ids;
    const std::vector<RequestBuilder> requests{get("/healthz"), get("/nothing"), get("/api/products"),
                                               notify(notification("11")), notify("{}")};
    for (const auto& builder : requests) {
        const HttpRequest request = builder;
        const auto response = world.ask(request);
        CAPTURE(request.target);
        CHECK_FALSE(id_of(response).empty());
        CHECK(ids.insert(id_of(response)).second);
        if (response.status >= 400) CHECK(text_at(response, "request_id") == id_of(response));
    }
    const auto refused = world.api->refuse(400, "no HTTP");
    CHECK(text_at(refused, "request_id") == id_of(refused));
    CHECK(ids.insert(id_of(refused)).second);
}

TEST_CASE("a request's id is taken from a trusted proxy, if it is well-formed", "[http][journal]") {
    World world{behind_a_proxy()};
    const auto id = [&](std::string_view peer, std::string_view given) {
        return id_of(world.ask(get("/healthz").from(peer).with("X-Request-Id", given)));
    };
    CHECK(id("10.1.2.3", "0f8f-ab_c.D") == "0f8f-ab_c.D");
    CHECK(id("203.0.113.7", "0f8f-ab_c.D") != "0f8f-ab_c.D");
    for (const std::string& given : {std::string{"a b"}, std::string{"a\"b"}, std::string{"<x>"}, std::string(65, 'a')})
        CHECK(id("10.1.2.3", given) != given);
}

TEST_CASE("requests are counted by route and class of status", "[http][journal]") {
    World world;
    world.ask(notify(notification("11")));
    world.ask(notify(notification("12", "2025-01-20T10:31:00Z")));
    world.ask(notify("{}"));
    world.ask(post("/api/webhooks/receive/not-the-secret-at-all").sending("{}"));
    world.ask(get("/nothing"));
    world.ask(get("/api/products"));
    CHECK(counted(world, "/api/webhooks/receive/{secret}", "2xx", 2));
    CHECK(counted(world, "/api/webhooks/receive/{secret}", "4xx", 2));
    CHECK(counted(world, "unmatched", "4xx", 1));
    CHECK(counted(world, "/api/products", "4xx", 1));
    const auto metrics = world.metrics.text();
    CHECK(metrics.find("\nstockcast_webhook_durable_seconds_count 2\n") != std::string::npos);
    CHECK(metrics.find("\nstockcast_webhook_answered_seconds_count 2\n") != std::string::npos);
}

TEST_CASE("a refused request is a line with its id, route and address, but not its path", "[http][journal]") {
    World world{behind_a_proxy()};
    const auto response = world.ask(post("/api/webhooks/receive/a-secret-that-was-mistyped")
                                        .from("10.1.2.3")
                                        .with("X-Forwarded-For", "198.51.100.4")
                                        .sending("{}"));
    CHECK(response.status == 401);
    CHECK(world.log.has("POST /api/webhooks/receive/{secret} from 198.51.100.4 refused with 401 [" + id_of(response)));
    CHECK_FALSE(world.log.has("mistyped"));
}

TEST_CASE("a flood of refusals becomes a few lines and a count", "[http][journal]") {
    World world;
    for (int i = 0; i < 100; ++i) world.ask(get("/api/products"));
    CHECK(world.log.count("refused with 401") == 10);
    world.clock.advance(std::chrono::seconds{1});
    world.ask(get("/api/products"));
    CHECK(world.log.has("90 more requests were refused"));
}

TEST_CASE("what an administrator did is a line, with who it was", "[http][journal]") {
    World world;
    world.ask(post("/api/sync?full=true").bearing(world.token(Role::admin, "ana")));
    CHECK(world.log.has("ana from 203.0.113.7: POST /api/sync, 202 ["));
}

TEST_CASE("a slow request is a line, but not one that was asked to wait", "[http][journal]") {
    World world;
    world.ask_waiting(get("/api/changes?wait=5s").bearing(world.token(Role::viewer)));
    CHECK_FALSE(world.log.has(" took "));
}

TEST_CASE("a refused notification's line has the id of its answer", "[http][journal]") {
    World world;
    const auto response = world.ask(notify("{}"));
    CHECK(response.status == 422);
    CHECK(world.log.has("Notification refused with 422"));
    CHECK(world.log.count("[" + id_of(response) + "]") == 2);  // that, and the debug line of every request
}
