#include "http/world.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

TEST_CASE("each role reaches what it may and nothing else", "[http][access]") {
    World world;
    struct Row {
        const char* method;
        const char* target;
        unsigned nobody, viewer, admin;
    };
    const Row rows[] = {
        {"GET", "/healthz", 200, 200, 200},
        {"GET", "/readyz", 200, 200, 200},
        {"GET", "/", 200, 200, 200},
        {"GET", "/api/products", 401, 200, 200},
        {"GET", "/api/products/x", 401, 404, 404},
        {"GET", "/api/changes", 401, 200, 200},
        {"GET", "/api/webhooks/logs", 401, 200, 200},
        {"GET", "/api/webhooks/logs/x", 401, 404, 404},
        {"GET", "/api/webhooks/stats", 401, 200, 200},
        {"GET", "/api/stats", 401, 200, 200},
        {"GET", "/api/sync/logs", 401, 200, 200},
        {"POST", "/api/sync", 401, 403, 202},
        {"GET", "/ws", 401, 426, 426},
        {"GET", "/nowhere", 404, 404, 404},
        {"PUT", "/api/products", 405, 405, 405},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method, row.target);
        CHECK(world.ask(RequestBuilder{row.method, row.target}).status == row.nobody);
        CHECK(world.ask(RequestBuilder{row.method, row.target}.bearing(world.token(Role::viewer))).status ==
              row.viewer);
        CHECK(world.ask(RequestBuilder{row.method, row.target}.bearing(world.token(Role::admin))).status == row.admin);
    }
}

TEST_CASE("a token counts only where it may stand", "[http][access]") {
    World world;
    const auto token = world.token(Role::viewer);
    const auto good = [&](RequestBuilder request) { return world.ask(request).status == 200; };
    CHECK(good(get("/api/stats").with("Authorization", "Bearer " + token)));
    CHECK(good(get("/api/stats").with("authorization", "bearer   " + token)));
    CHECK_FALSE(good(get("/api/stats").with("Authorization", token)));
    CHECK_FALSE(good(get("/api/stats").with("Authorization", "Basic " + token)));
    CHECK_FALSE(good(get("/api/stats").with("Authorization", "Bearer")));
    CHECK_FALSE(good(get("/api/stats").with("Authorization", "Bearer " + token + " x")));
    CHECK_FALSE(good(get("/api/stats").bearing(token).bearing(token)));
    CHECK_FALSE(good(get("/api/stats?access_token=" + token)));
    CHECK_FALSE(good(get("/api/stats").with("Sec-WebSocket-Protocol", "bearer." + token)));
}

TEST_CASE("a token works until it runs out, remembered or not", "[http][access]") {
    World world;
    const auto token = world.token(Role::viewer);
    CHECK(world.ask(get("/api/stats").bearing(token)).status == 200);
    world.clock.advance(1h + 59s);
    CHECK(world.ask(get("/api/stats").bearing(token)).status == 200);
    world.clock.advance(1s);
    const auto refused = world.ask(get("/api/stats").bearing(token));
    CHECK(refused.status == 401);
    CHECK(text_at(refused, "detail") == "The token has expired");
}

TEST_CASE("a refusal says how to come in", "[http][access]") {
    World world;
    const auto nobody = world.ask(get("/api/stats"));
    CHECK(nobody.fields.get("WWW-Authenticate") == R"(Bearer realm="stockcast")");
    CHECK(nobody.fields.get("Content-Type") == "application/problem+json");
    CHECK(nobody.body.find(R"("success":false)") != std::string::npos);
    CHECK(text_at(nobody, "status") == "401");
    CHECK(text_at(nobody, "title") == "Unauthorized");
    CHECK(text_at(nobody, "type") == "about:blank");
    const auto bad = world.ask(get("/api/stats").bearing("x.y.z"));
    CHECK(bad.fields.get("WWW-Authenticate").find("invalid_token") != std::string::npos);
    const auto weak = world.ask(post("/api/sync").bearing(world.token(Role::viewer)));
    CHECK(weak.fields.get("WWW-Authenticate").find("insufficient_scope") != std::string::npos);
}

TEST_CASE("every answer is dressed alike", "[http][access]") {
    World world;
    const char* target = GENERATE("/healthz", "/nowhere", "/api/stats", "/api/products?x=1");
    const auto response = world.ask(get(target).bearing(world.token(Role::viewer)));
    CHECK(response.fields.get("X-Content-Type-Options") == "nosniff");
    CHECK(response.fields.get("Cache-Control") == "no-store");
    CHECK_FALSE(response.fields.has("Access-Control-Allow-Origin"));
    CHECK_FALSE(response.fields.has("Strict-Transport-Security"));  // nothing to be strict about without TLS
}

TEST_CASE("over TLS every answer tells browsers to come by no other way", "[http][access]") {
    auto settings = usual_settings();
    settings.api.secure = true;
    World world{settings};
    for (const char* target : {"/", "/healthz", "/nowhere", "/api/stats"})
        CHECK(world.ask(get(target)).fields.get("Strict-Transport-Security") == "max-age=31536000");
    CHECK(world.api->refuse(400, "").fields.has("Strict-Transport-Security"));
}

TEST_CASE("tokens and addresses are limited, each by its own bucket", "[http][access]") {
    auto settings = usual_settings();
    settings.api.rate_limit_api = {2};
    settings.api.rate_limit_open = {1};
    settings.api.trusted_proxies = *TrustedProxies::parse({"10.0.0.1"});
    World world{settings};
    const auto ana = world.token(Role::viewer, "ana");
    const auto luis = world.token(Role::viewer, "luis");
    const auto status = [&](RequestBuilder request) { return world.ask(request).status; };

    for (int i = 0; i < 4; ++i) CHECK(status(get("/api/stats").bearing(ana)) == 200);
    const auto refused = world.ask(get("/api/stats").bearing(ana));
    CHECK(refused.status == 429);
    CHECK(refused.fields.get("Retry-After") == "1");
    CHECK(status(get("/api/stats").bearing(luis)) == 200);

    for (int i = 0; i < 2; ++i) CHECK(status(get("/api/stats").bearing("bad.to.ken")) == 401);
    CHECK(status(get("/api/stats")) == 429);
    CHECK(status(get("/nowhere")) == 429);
    CHECK(status(post("/api/webhooks/receive/guess").sending("{}")) == 429);
    CHECK(status(get("/healthz")) == 200);
    CHECK(status(get("/readyz")) == 200);
    CHECK(status(get("/api/stats").from("203.0.113.8")) == 401);
    CHECK(status(notify(notification("1"))) == 200);  // the secret: no limit but the ledger's
    CHECK(status(get("/api/stats").bearing(luis)) == 200);

    CHECK(status(get("/api/stats").from("10.0.0.1").with("X-Forwarded-For", "203.0.113.7")) == 429);
    CHECK(status(get("/api/stats").from("10.0.0.1").with("X-Forwarded-For", "203.0.113.9")) == 401);

    world.clock.advance(1s);
    CHECK(status(get("/api/stats").bearing(ana)) == 200);
    CHECK(status(get("/api/stats")) == 401);
}

TEST_CASE("a request pays once", "[http][access]") {
    auto settings = usual_settings();
    settings.api.rate_limit_open = {0.5};
    World world{settings};
    CHECK(world.ask(get("/")).status == 200);
    CHECK(world.ask(get("/")).status == 429);
}

TEST_CASE("what is behind the door is nobody's to probe", "[http][access]") {
    World world;
    CHECK(world.ask(get("/api/products?unknown=1")).status == 401);
    CHECK(world.ask(get("/api/products?limit=%")).status == 401);
    CHECK(world.ask(get("/api/products/%00")).status == 401);
    CHECK(world.ask(post("/api/webhooks/receive/%00").sending("{}")).status == 401);
}

TEST_CASE("a query is checked before the handler is asked", "[http][access]") {
    World world;
    const auto token = world.token(Role::admin);
    const char* target = GENERATE(
        "/api/products?limits=1", "/api/products?limit=1&limit=1", "/api/products?limit=%", "/api/products?limit=0",
        "/api/products?limit=1001", "/api/products?limit=-1", "/api/products?limit=1x",
        "/api/products?limit=", "/api/products?cursor=x", "/api/products?cursor=", "/api/products?active=yes",
        "/api/products?stock_below=few", "/api/products/%ff", "/api/products/x?by=name", "/api/products/x?at=then",
        "/api/changes?since=-1", "/api/changes?since=1.0", "/api/changes?since=9223372036854775808",
        "/api/changes?wait=61s", "/api/changes?wait=10", "/api/webhooks/logs?before=x", "/api/webhooks/logs?from=today",
        "/api/webhooks/logs?processed=1", "/api/sync/logs?from=2025-01-01", "/api/stats?x", "/healthz?x", "/?x=1");
    CAPTURE(target);
    const auto response = world.ask(get(target).bearing(token));
    CHECK(response.status == 400);
    CHECK(text_at(response, "detail").size() > 10);
    CHECK(world.ask(post("/api/sync?full=1").bearing(token)).status == 400);
}

TEST_CASE("a method that a path does not take is named with those that it takes", "[http][access]") {
    World world;
    const auto response = world.ask(RequestBuilder{"DELETE", "/api/products"});
    CHECK(response.status == 405);
    CHECK(response.fields.get("Allow") == "GET, HEAD, OPTIONS");
    CHECK(world.ask(RequestBuilder{"HEAD", "/healthz"}).status == 200);
}

TEST_CASE("a body that nobody reads may be small but not large", "[http][access]") {
    World world;
    const auto token = world.token(Role::admin);
    CHECK(world.ask(post("/api/sync").bearing(token).sending("{}")).status == 202);
    CHECK(world.ask(post("/api/sync").bearing(token).sending(std::string(5'000, ' '))).status == 413);
    CHECK(world.ask(get("/api/stats").bearing(token).with("Content-Length", "99999999999999999999")).status == 413);
}

TEST_CASE("browsers of named origins may read the answers, others may not", "[http][cors]") {
    auto settings = usual_settings();
    settings.api.cors_origins = {"https://panel.example", "http://localhost:3000"};
    World world{settings};
    const auto allowed = [&](std::string_view origin) {
        const auto response = world.ask(get("/healthz").with("Origin", origin));
        CHECK(response.fields.get("Vary") == "Origin");
        return std::string{response.fields.get("Access-Control-Allow-Origin")};
    };
    CHECK(allowed("https://panel.example") == "https://panel.example");
    CHECK(allowed("http://localhost:3000") == "http://localhost:3000");
    const char* other = GENERATE("http://panel.example", "https://panel.example.evil", "https://panel.example:443",
                                 "https://PANEL.example", "null", "", "*");
    CAPTURE(other);
    CHECK(allowed(other).empty());
    // Also where the answer is a refusal: a page has to be able to see why.
    CHECK(
        world.ask(get("/api/stats").with("Origin", "https://panel.example")).fields.has("Access-Control-Allow-Origin"));
}

TEST_CASE("pages of every origin may import the client, and ask for it anew without getting it twice", "[http][cors]") {
    auto settings = usual_settings();
    settings.api.cors_origins = {"https://panel.example"};
    World world{settings};
    const char* origin = GENERATE("https://panel.example", "https://elsewhere.example");
    const auto whole = world.ask(get("/client.js").with("Origin", origin));
    CHECK(whole.status == 200);
    CHECK(whole.fields.get("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(whole.fields.get("Cache-Control") == "no-cache");
    CHECK(whole.fields.count("Access-Control-Allow-Origin") == 1);
    CHECK(whole.fields.get("Access-Control-Allow-Origin") == "*");
    CHECK(whole.body.find("createClient") != std::string::npos);

    const auto again = world.ask(get("/client.js").with("If-None-Match", whole.fields.get("ETag")));
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.fields.get("Access-Control-Allow-Origin") == "*");
}

TEST_CASE("a preflight is answered for named origins, without a token", "[http][cors]") {
    auto settings = usual_settings();
    settings.api.cors_origins = {"https://panel.example"};
    World world{settings};
    const auto preflight = [&](std::string_view origin) {
        return world.ask(RequestBuilder{"OPTIONS", "/api/sync"}
                             .with("Origin", origin)
                             .with("Access-Control-Request-Method", "POST"));
    };
    const auto good = preflight("https://panel.example");
    CHECK(good.status == 204);
    CHECK(good.body.empty());
    CHECK(good.fields.get("Access-Control-Allow-Origin") == "https://panel.example");
    CHECK(good.fields.get("Access-Control-Allow-Methods") == "POST, OPTIONS");
    CHECK(good.fields.get("Access-Control-Allow-Headers").find("Authorization") != std::string_view::npos);
    const auto other = preflight("https://evil.example");
    CHECK(other.status == 204);
    CHECK_FALSE(other.fields.has("Access-Control-Allow-Methods"));
    CHECK(world.ask(RequestBuilder{"OPTIONS", "/nowhere"}).status == 404);
    CHECK(world.ask(RequestBuilder{"OPTIONS", "*"}).status == 204);
}
