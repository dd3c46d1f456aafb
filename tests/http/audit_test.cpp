#include "http/audit_trail.hpp"
#include "http/world.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

Json trail(World& world, const std::string& query = "") {
    const auto response = world.ask(get("/api/audit" + query).bearing(world.token(Role::admin, "reader")));
    REQUIRE(response.status == 200);
    return member(parsed(response), "audit");
}

std::string text_in(const Json& value, std::string_view path) {
    const auto found = member(value, path);
    return found.if_string() != nullptr ? *found.if_string() : to_text(found);
}

}  // namespace

TEST_CASE("every action is on the trail: who, from where, what, with what end", "[http][audit]") {
    auto settings = usual_settings();
    settings.api.trusted_proxies = *TrustedProxies::parse({"203.0.113.7"});
    World world{settings};
    CHECK(trail(world).if_array()->empty());
    const auto admin = world.token(Role::admin, "ana");
    REQUIRE(world.ask(post("/api/sync?full=true").bearing(admin).with("X-Forwarded-For", "198.51.100.9")).status ==
            202);
    world.upstream.sync = Upstream::SyncStarted::already_running;
    REQUIRE(world.ask(post("/api/sync").bearing(admin)).status == 409);
    REQUIRE(
        world.ask(post("/api/webhooks/test").bearing(admin).sending(R"({"product_id":"A","new_stock":1.50})")).status ==
        200);

    const auto entries = trail(world);
    REQUIRE(entries.if_array()->size() == 3);
    CHECK(text_in(entries, "2.subject") == "ana");
    CHECK(text_in(entries, "2.role") == "admin");
    CHECK(text_in(entries, "2.address") == "198.51.100.9");
    CHECK(text_in(entries, "2.method") == "POST");
    CHECK(text_in(entries, "2.path") == "/api/sync");
    CHECK(text_in(entries, "2.parameters.full") == "true");
    CHECK(text_in(entries, "2.status") == "202");
    CHECK(text_in(entries, "2.outcome") == "done");
    CHECK(text_in(entries, "1.status") == "409");
    CHECK(text_in(entries, "1.outcome") == "refused");
    CHECK(text_in(entries, "0.parameters.new_stock") == "1.50");
}

TEST_CASE("refused attempts are on the trail too, alike ones as one with a count", "[http][audit]") {
    World world;
    for (int i = 0; i < 5; ++i) CHECK(world.ask(post("/api/sync")).status == 401);
    CHECK(world.ask(post("/api/sync").bearing(world.token(Role::viewer, "luis"))).status == 403);
    CHECK(world.ask(get("/api/audit").bearing(world.token(Role::viewer, "luis"))).status == 403);
    CHECK(world.ask(get("/api/stats")).status == 401);  // nothing that administers

    auto entries = trail(world);
    REQUIRE(entries.if_array()->size() == 3);
    CHECK(text_in(entries, "2.attempts") == "5");
    CHECK(text_in(entries, "2.status") == "401");
    CHECK(text_in(entries, "2.subject") == "null");
    CHECK(text_in(entries, "1.subject") == "luis");
    CHECK(text_in(entries, "1.status") == "403");
    CHECK(text_in(entries, "0.path") == "/api/audit");

    CHECK(world.ask(post("/api/sync")).status == 401);
    CHECK(text_in(trail(world), "2.attempts") == "6");
    world.clock.advance(61s);
    CHECK(world.ask(post("/api/sync")).status == 401);
    entries = trail(world);
    CHECK(entries.if_array()->size() == 4);
    CHECK(text_in(entries, "0.attempts") == "1");
}

TEST_CASE("an entry names the request as its answer did", "[http][audit]") {
    auto settings = usual_settings();
    settings.api.trusted_proxies = *TrustedProxies::parse({"203.0.113.7"});
    World world{settings};
    const auto token = world.token(Role::admin, "ana");
    const auto done = world.ask(post("/api/sync").bearing(token).with("X-Request-Id", "from-the-proxy"));
    world.upstream.sync = Upstream::SyncStarted::already_running;
    const auto in_vain = world.ask(post("/api/sync").bearing(token));
    const auto login = world.ask(post("/api/session").bearing(token));
    const auto refused = world.ask(post("/api/sync"));
    CHECK(world.ask(post("/api/sync")).status == 401);  // alike: one entry

    const auto entries = trail(world);
    REQUIRE(entries.if_array()->size() == 4);
    const auto at = [&](const char* entry) { return text_in(entries, std::string{entry} + ".request_id"); };
    CHECK(at("3") == "from-the-proxy");
    CHECK(at("3") == done.fields.get("X-Request-Id"));
    CHECK(at("2") == in_vain.fields.get("X-Request-Id"));
    CHECK(at("1") == login.fields.get("X-Request-Id"));
    CHECK(at("0") == refused.fields.get("X-Request-Id"));
}

TEST_CASE("a flood of refused attempts fills neither memory nor disk", "[http][audit]") {
    World world;
    for (int i = 0; i < 500; ++i)
        CHECK(world.ask(post("/api/sync").from("198.51.100." + std::to_string(i % 250))).status == 401);
    const auto entries = trail(world);
    REQUIRE(entries.if_array()->size() == AuditTrail::noted_a_minute + 1);
    CHECK(text_in(entries, "0.path") == "*");
    CHECK(text_in(entries, "0.request_id") == "null");
    std::uint64_t attempts = 0;
    for (const auto& entry : *entries.if_array()) attempts += std::stoull(text_in(entry, "attempts"));
    CHECK(attempts == 500);
}

TEST_CASE("no secret reaches the trail", "[http][audit]") {
    World world;
    const auto token = world.token(Role::viewer, "luis");
    CHECK(world.ask(post("/api/sync?access_token=" + token).bearing(token)).status == 403);
    CHECK(world.ask(post("/api/session").bearing(token)).status == 200);
    const auto text = to_text(trail(world));
    CHECK(text.find(token) == std::string::npos);
    CHECK(text.find("/api/session") != std::string::npos);

    const auto query = Query::parse("ticket=abc&access_token=def&by=code");
    CHECK(audited_parameters(*query, "") == R"({"ticket":"***","access_token":"***","by":"code"})");
}

TEST_CASE("the trail is read by page, time and subject", "[http][audit]") {
    World world;
    for (const auto* name : {"ana", "luis", "ana"}) {
        REQUIRE(world.ask(post("/api/sync").bearing(world.token(Role::admin, name))).status == 202);
        world.clock.advance(1min);
    }
    CHECK(trail(world, "?subject=ana").if_array()->size() == 2);
    CHECK(trail(world, "?limit=1").if_array()->size() == 1);
    const auto first = trail(world, "?limit=1");
    CHECK(trail(world, "?before=" + text_in(first, "0.id")).if_array()->size() == 2);
    CHECK(trail(world, "?from=" + text_in(first, "0.at")).if_array()->size() == 1);
    CHECK(trail(world, "?to=" + text_in(first, "0.at")).if_array()->size() == 2);
    const auto token = world.token(Role::admin);
    const char* bad = GENERATE("?before=x", "?limit=0", "?from=today", "?subject=", "?who=ana");
    CHECK(world.ask(get("/api/audit" + std::string{bad}).bearing(token)).status == 400);
}

TEST_CASE("nothing is done that can't be written down", "[http][audit]") {
    World world;
    world.store.set_full(true);
    CHECK(world.ask(post("/api/sync").bearing(world.token(Role::admin))).status == 503);
    CHECK(world.upstream.syncs.empty());
    CHECK(world.ask(post("/api/session").bearing(world.token(Role::admin))).status == 200);
}
