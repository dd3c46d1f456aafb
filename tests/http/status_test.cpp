#include "http/notification_lines.hpp"
#include "http/world.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;

TEST_CASE("stats count what is held and what came", "[http][status]") {
    World world;
    world.upstream.state.last_sync = at("11:00");
    world.upstream.state.webhooks_configured = true;
    world.upstream.state.siigo_state = "slowed";
    world.observe(observation().about(1).coded("A").named("a").with_stock("10").as_of("10:00").by_read());
    world.observe(observation().about(2).coded("B").named("b").with_stock("2.5").as_of("10:00").by_read());
    world.observe(observation().about(3).coded("C").named("c").with_stock("-1").as_of("10:00").by_read());
    CHECK(world.ask(notify(notification("11"))).status == 200);
    CHECK(world.ask(notify("{}")).status == 422);

    const auto response = world.ask(get("/api/stats").bearing(world.token(Role::viewer)));
    CHECK(response.status == 200);
    CHECK(text_at(response, "products.total_products") == "3");
    CHECK(text_at(response, "products.synced_products") == "3");
    CHECK(text_at(response, "products.updated_today") == "3");
    CHECK(text_at(response, "products.avg_stock") == "4.17");
    CHECK(text_at(response, "products.last_sync_time") == "2025-01-20T11:00:00.000Z");
    CHECK(text_at(response, "webhooks.total_webhooks") == "2");
    CHECK(text_at(response, "webhooks.processed_webhooks") == "1");
    CHECK(text_at(response, "webhooks.webhooks_last_hour") == "2");
    CHECK(text_at(response, "webhooksConfigured") == "true");
    CHECK(text_at(response, "syncRunning") == "false");
    CHECK(text_at(response, "siigo.state") == "slowed");
    CHECK(text_at(response, "version") == "1.2.3");
    CHECK(world.ask(get("/api/webhooks/stats").bearing(world.token(Role::viewer))).body == response.body);

    // 19:00 UTC more is the next day in Bogota: nothing was updated on it yet.
    world.clock.advance(std::chrono::hours{19});
    CHECK(text_at(world.ask(get("/api/stats").bearing(world.token(Role::viewer))), "products.updated_today") == "0");
}

TEST_CASE("stats name the head by its seq and its hash", "[http][status]") {
    World world;
    world.observe(observation().about(1).coded("A").named("a").with_stock("10").as_of("10:00").by_read());
    const auto response = world.ask(get("/api/stats").bearing(world.token(Role::viewer)));
    const auto change = world.store.entries(Family::changes).at(keys::change(1));
    CHECK(text_at(response, "seq") == "1");
    CHECK(text_at(response, "head_hash") == records::decode_change(change)->hash->to_hex());
}

TEST_CASE("an empty store has no average", "[http][status]") {
    World world;
    const auto response = world.ask(get("/api/stats").bearing(world.token(Role::viewer)));
    CHECK(text_at(response, "products.avg_stock") == "null");
    CHECK(text_at(response, "products.last_sync_time") == "null");
    CHECK(text_at(response, "seq") == "0");
    CHECK(text_at(response, "head_hash") == std::string(64, '0'));
}

TEST_CASE("a sync is started once, and not where there is no SIIGO", "[http][status]") {
    World world;
    const auto ask = [&](std::string_view target) { return world.ask(post(target).bearing(world.token(Role::admin))); };
    const auto accepted = ask("/api/sync?full=true");
    CHECK(accepted.status == 202);
    CHECK(text_at(accepted, "full") == "true");
    CHECK(ask("/api/sync").status == 202);
    CHECK(ask("/api/sync?full=false").status == 202);
    CHECK(world.upstream.syncs == std::vector<bool>{true, false, false});
    world.upstream.sync = Upstream::SyncStarted::already_running;
    CHECK(ask("/api/sync").status == 409);
    world.upstream.sync = Upstream::SyncStarted::disabled;
    CHECK(ask("/api/sync").status == 409);
    CHECK(text_at(ask("/api/sync"), "detail").find("SIIGO_ENABLED") != std::string::npos);
}

TEST_CASE("the server is ready once it can write and was once in step with SIIGO", "[http][status]") {
    World world;
    CHECK(world.ask(get("/readyz")).status == 200);

    world.upstream.state.first_sync.reset();
    const auto unsynced = world.ask(get("/readyz"));
    CHECK(unsynced.status == 503);
    CHECK(text_at(unsynced, "reasons.0.check") == "first_sync");
    world.upstream.state.enabled = false;
    CHECK(world.ask(get("/readyz")).status == 200);

    world.store.set_full(true);
    CHECK(world.ask(notify(notification("1"))).status == 503);
    const auto full = world.ask(get("/readyz"));
    CHECK(full.status == 503);
    CHECK(text_at(full, "reasons.0.check") == "store");
    CHECK(world.ask(get("/healthz")).status == 200);
}

TEST_CASE("the page holds its own style and script and nothing else may run in it", "[http][page]") {
    World world;
    const auto response = world.ask(get("/"));
    CHECK(response.status == 200);
    CHECK(response.fields.get("Content-Type") == "text/html; charset=utf-8");
    const std::string policy{response.fields.get("Content-Security-Policy")};
    CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(response.fields.get("Referrer-Policy") == "no-referrer");
    const auto count = [&](std::string_view part) {
        std::size_t found = 0;
        for (auto at = response.body.find(part); at != std::string::npos; at = response.body.find(part, at + 1))
            ++found;
        return found;
    };
    CHECK(count("<script") == 1);
    CHECK(count("<style") == 1);
    CHECK(count("style=\"") == 0);
    CHECK(count("onclick=") == 0);
    CHECK(count("innerHTML") == 0);
    CHECK(count("https://") == 0);
}

TEST_CASE("a flood of notifications becomes a few lines and a count", "[http][status]") {
    ManualClock clock;
    RecordingLog log;
    NotificationLines lines{clock, log};
    Outcome sale;
    sale.changed = true;
    sale.old_stock = quantity("10");
    sale.new_stock = quantity("9.5");
    for (int i = 0; i < 100; ++i) lines.tell(sale, "Item-1", "Camiseta");
    CHECK(log.lines().size() == NotificationLines::lines_per_second);
    CHECK(log.lines().front().english == "Item-1 Camiseta: 10 \xe2\x86\x92 9.5");
    CHECK(log.lines().front().mark == Mark::webhook);
    clock.advance(std::chrono::seconds{1});
    lines.tell(sale, "Item-1", "Camiseta");
    CHECK(log.has("80 more notifications"));
    CHECK(log.lines().size() == NotificationLines::lines_per_second + 2);
}
