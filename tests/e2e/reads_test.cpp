// What is read of the mirror over real sockets: tables, the past, and what no webhook had told.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <thread>

namespace stockcast::e2e {
namespace {

/// A sync on request, to its end.
void sync_now(World& world) {
    const auto runs = [&world] {
        const auto stats = world.get("/api/stats").json();
        const auto* running = stats.find("syncRunning");
        return running != nullptr && to_text(*running) == "true";
    };
    for (int i = 0; i < 300 && runs(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{100});
    REQUIRE(world.post("/api/sync", "").status == 202);
    for (int i = 0; i < 300 && runs(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{100});
}

Json list_of(const Answer& answer, std::string_view name) {
    const auto json = answer.json();
    const auto* list = json.find(name);
    return list == nullptr ? Json{Json::Array{}} : *list;
}

Answer table(World& world, const std::string& query, const std::string& encoding = "identity") {
    return call(world.port(), {.target = "/api/products" + query,
                               .fields = {{"Authorization", "Bearer " + World::viewer_token()},
                                          {"Accept", "text/csv"},
                                          {"Accept-Encoding", encoding}}});
}

TEST_CASE("the catalogue as a table: whole, narrowed, packed, and not again", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto whole = table(world, "");
    REQUIRE(whole.status == 200);
    CHECK(whole.fields.at("transfer-encoding") == "chunked");
    CHECK(whole.fields.at("content-type") == "text/csv; charset=utf-8; header=present");
    CHECK(static_cast<std::size_t>(std::count(whole.body.begin(), whole.body.end(), '\n')) == world.truth().size() + 1);
    for (const auto& [code, figure] : world.truth()) CHECK(whole.body.find("," + code + ",") != std::string::npos);
    CHECK(whole.fields.at("stockcast-seq") == std::to_string(world.head()));

    const auto packed = table(world, "", "gzip");
    CHECK(packed.fields.at("content-encoding") == "gzip");
    CHECK(packed.body.size() < whole.body.size() / 2);

    const auto same = call(world.port(), {.target = "/api/products",
                                          .fields = {{"Authorization", "Bearer " + World::viewer_token()},
                                                     {"Accept", "text/csv"},
                                                     {"If-None-Match", whole.fields.at("etag")}}});
    CHECK(same.status == 304);
    CHECK(same.body.empty());

    const auto page = table(world, "?limit=10");
    CHECK(std::count(page.body.begin(), page.body.end(), '\n') == 11);
    CHECK(page.fields.at("link").find("rel=\"next\"") != std::string::npos);
    world.stop_server();
    CHECK(world.store_findings() == std::vector<std::string>{});
}

TEST_CASE("what SIIGO did not announce is found by the sync and listed as drift; the rest is not", "[e2e]") {
    World world{{.server = {{"WEBHOOK_BASE_URL", "https://shop.example/api/webhooks"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    CHECK(list_of(world.get("/api/drift"), "drift").if_array()->empty());

    const auto silent = world.stocked_code();
    world.sell(silent, "7", false);
    REQUIRE(world.notify(Notification{.quantity = "3"}.json()).status == 200);
    REQUIRE(world.notify(Notification{.quantity = "4", .stock_updated = "2025-01-20T10:31:00Z"}.json()).status == 200);
    sync_now(world);
    REQUIRE(world.stock(silent) == "7");

    const auto check = [&] {
        const auto answer = world.get("/api/drift", World::viewer_token());
        const auto list = list_of(answer, "drift");
        REQUIRE(list.if_array()->size() == 1);
        const auto& entry = list.if_array()->front();
        CHECK(text_of(entry, "productCode") == silent);
        CHECK(text_of(entry, "newStock") == "7");
        CHECK(text_of(entry, "source") == "manual_sync");
        CHECK_FALSE(text_of(entry, "siigoTimestamp").empty());
        const auto json = answer.json();
        CHECK(text_of(*json.find("announced"), "hour") == "0.6667");  // created and sold by webhook, one found
        CHECK(text_of(*json.find("announced"), "week") == "0.6667");
    };
    check();
    const auto logs = list_of(world.get("/api/sync/logs?limit=1"), "logs");
    CHECK(text_of(logs.if_array()->front(), "unannounced") == "1");
    world.stop_server();
    CHECK(world.store_findings() == std::vector<std::string>{});
    world.start_server();
    check();
}

TEST_CASE("the past of a product over a kill: history, and stock as of each of its changes", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    const std::vector<std::string> figures{"10", "12.5", "0", "7"};
    for (std::size_t i = 0; i < figures.size(); ++i) {
        const auto time = "2025-01-20T1" + std::to_string(i) + ":00:00Z";
        REQUIRE(world.notify(Notification{.quantity = figures[i], .stock_updated = time}.json()).status == 200);
    }
    world.kill_server();
    world.start_server();

    Json::Array all;
    std::string before;
    for (int page = 0; page < 10; ++page) {
        const auto answer = world.get("/api/products/E2E-1/history?by=code&limit=3" + before);
        REQUIRE(answer.status == 200);
        const auto list = list_of(answer, "history");
        all.insert(all.end(), list.if_array()->begin(), list.if_array()->end());
        if (answer.fields.count("link") == 0) break;
        before = "&before=" + text_of(answer.json(), "next");
    }
    REQUIRE(all.size() == figures.size());
    for (std::size_t i = 0; i < figures.size(); ++i) {
        const auto& change = all[figures.size() - 1 - i];
        for (const auto* member : {"seq", "timestamp"}) {
            const auto then = world.get("/api/products/E2E-1?by=code&at=" + text_of(change, member)).json();
            REQUIRE(then.find("product") != nullptr);
            if (std::string{member} == "seq") CHECK(text_of(*then.find("product"), "available_quantity") == figures[i]);
        }
        CHECK(world.get("/api/webhooks/logs/" + text_of(change, "cause")).status == 200);
    }
}

}  // namespace
}  // namespace stockcast::e2e
