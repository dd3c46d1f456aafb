// Administration and access over real sockets: subscriptions, tests, reads on request, the audit trail, sessions,
// tickets, and the rotation of the webhook's secret.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <set>

namespace stockcast::e2e {
namespace {

const World::Environment public_address{{"WEBHOOK_BASE_URL", "https://shop.example/api/webhooks"}};

/// SIIGO's own list of subscriptions, secrets and all, as another application of the company sees it.
std::vector<Json> listed_at_siigo(World& world) {
    const auto login =
        call(world.siigo_port(), {.method = "POST",
                                  .target = "/auth",
                                  .fields = {{"Content-Type", "application/json"}, {"Partner-Id", "another"}},
                                  .body = R"({"username":"demo@stockcast.example","access_key":"demo-access-key"})"});
    const auto token = text_of(login.json(), "access_token");
    const auto listed =
        call(world.siigo_port(),
             {.target = "/v1/webhooks", .fields = {{"Authorization", "Bearer " + token}, {"Partner-Id", "another"}}})
            .json();
    const auto* rows = listed.find("results");
    return rows != nullptr ? *rows->if_array() : listed.if_array() != nullptr ? *listed.if_array() : Json::Array{};
}

std::string secret_at_siigo(World& world) {
    std::set<std::string> secrets;
    for (const auto& row : listed_at_siigo(world)) {
        const auto url = text_of(row, "url");
        secrets.insert(url.substr(url.rfind('/') + 1));
    }
    return secrets.size() == 1 ? *secrets.begin() : "";
}

Answer remove(World& world, const std::string& target, std::map<std::string, std::string> fields) {
    return call(world.port(), {.method = "DELETE", .target = target, .fields = std::move(fields)});
}

Ran rotate(World& world, std::vector<std::string> more, const World::Environment& settings) {
    std::vector<std::string> arguments{STOCKCAST_PROGRAM, "rotate-secret"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto environment = settings;
    environment.try_emplace("DATA_DIR", world.data_dir());
    TemporaryDirectory directory;
    return run_to_end(arguments, environment, directory.path());
}

TEST_CASE("setup makes three subscriptions, and run twice it changes nothing", "[e2e]") {
    World world{{.server = public_address}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto first = world.post("/api/webhooks/setup", "");
    REQUIRE(first.status == 200);
    REQUIRE(first.json().find("subscriptions")->if_array()->size() == 3);
    CHECK(first.body.find(World::secret()) == std::string::npos);
    CHECK(first.body.find("/receive/****") != std::string::npos);
    CHECK(secret_at_siigo(world) == World::secret());

    const auto made = world.siigo_requests("POST /v1/webhooks");
    const auto second = world.post("/api/webhooks/setup", "");
    CHECK(second.body == first.body);
    CHECK(world.siigo_requests("POST /v1/webhooks") == made);
    CHECK(world.siigo_requests("PUT /v1/webhooks") == 0);
    const auto listed = world.get("/api/webhooks/subscriptions", World::viewer_token());
    CHECK(listed.status == 200);
    CHECK(*listed.json().find("subscriptions") == *first.json().find("subscriptions"));

    CHECK(world.stop_server() == 0);
    world.start_server({{"SIIGO_ENABLED", "false"}});
    CHECK(world.post("/api/webhooks/setup", "").status == 409);
    CHECK(world.get("/api/webhooks/subscriptions").json().find("subscriptions")->if_array()->size() == 3);
}

TEST_CASE("without a public address nothing can be set up", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    CHECK(world.post("/api/webhooks/setup", "").status == 409);
    CHECK(world.get("/api/webhooks/subscriptions").status == 200);
}

TEST_CASE("a test is seen by clients and leaves the mirror as SIIGO has it", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    const auto before = world.stock(code);
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    const auto tested =
        world.post("/api/webhooks/test", R"({"product_id":")" + world.id_of(code) + R"(","new_stock":7777})");
    INFO(tested.body);
    REQUIRE(tested.status == 200);
    CHECK(text_of(tested.json(), "afterwards") == "read_again");
    const auto there = client.next_of("stock_updated");
    REQUIRE(there);
    CHECK(text_of(*there, "source") == "test");
    CHECK(text_of(*there, "newStock") == "7777");
    const auto back = client.next_of("stock_updated");
    REQUIRE(back);
    CHECK(text_of(*back, "source") == "refresh");
    CHECK(text_of(*back, "newStock") == before);
    CHECK(world.agrees());

    CHECK(world.post("/api/webhooks/test", R"({"product_code":"NOBODY-HAS-IT","new_stock":1})").status == 200);
    CHECK(world.agrees());
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings().empty());
}

TEST_CASE("a test that is cut short by a kill is taken back at the next start", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    const auto before = world.stock(code);
    world.faults(R"({"unavailable":1000})");
    const auto port = world.port();
    auto asked = std::async(std::launch::async, [&, port] {
        return call(port, {.method = "POST",
                           .target = "/api/webhooks/test",
                           .fields = {{"Content-Type", "application/json"},
                                      {"Authorization", "Bearer " + World::admin_token()}},
                           .body = R"({"product_code":")" + code + R"(","new_stock":7777})"});
    });
    REQUIRE(eventually([&] { return world.stock(code) == "7777"; }));
    world.kill_server();
    asked.get();
    world.start_server({{"SIIGO_ENABLED", "false"}});
    CHECK(eventually([&] { return world.stock(code) == before; }));
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings().empty());
}

TEST_CASE("one product is read on request, and a notification put through again", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    world.sell(code, "33", false);
    const auto read = world.post("/api/products/" + code + "/refresh?by=code", "");
    CHECK(read.status == 200);
    CHECK(world.stock(code) == "33");
    CHECK(world.post("/api/products/" + World::secret() + "/refresh", "").status == 404);
    CHECK(world.post("/api/products/00000000-0000-4000-8000-000000000001/refresh", "").status == 404);
    CHECK(world.post("/api/products/" + code + "/refresh?by=code", "", World::viewer_token()).status == 403);

    REQUIRE(world.notify(Notification{}.json()).status == 200);
    const auto logs = world.get("/api/webhooks/logs?limit=1").json();
    const auto id = text_of(logs.find("logs")->if_array()->front(), "id");
    const auto again = world.post("/api/webhooks/logs/" + id + "/reprocess", "");
    CHECK(again.status == 200);
    CHECK(text_of(again.json(), "reprocess_of") == id);
    CHECK(text_of(*world.get("/api/webhooks/logs/" + text_of(again.json(), "id")).json().find("log"), "source") ==
          "replay");
}

TEST_CASE("the audit trail outlives a kill, refused attempts included", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    CHECK(world.post("/api/sync", "").status == 409);
    for (int i = 0; i < 3; ++i) CHECK(world.post("/api/sync", "", "").status == 401);
    CHECK(world.get("/api/audit", World::viewer_token()).status == 403);
    CHECK(world.get("/api/audit").json().find("audit")->if_array()->size() == 3);
    world.kill_server();
    world.start_server();
    const auto trail = world.get("/api/audit").json();
    REQUIRE(trail.find("audit")->if_array()->size() == 3);
    std::set<std::string> seen;
    for (const auto& entry : *trail.find("audit")->if_array())
        seen.insert(text_of(entry, "path") + " " + text_of(entry, "status") + " " + text_of(entry, "attempts"));
    CHECK(seen == std::set<std::string>{"/api/sync 409 1", "/api/sync 401 3", "/api/audit 403 1"});
    TemporaryDirectory directory;
    const auto dump = run_to_end({STOCKCAST_DUMP_PROGRAM, world.data_dir(), "--family", "audit"}, {}, directory.path());
    CHECK(dump.exit_code == 0);
    CHECK(dump.output.find(R"("path":"/api/audit")") != std::string::npos);
    CHECK(dump.output.find(World::admin_token()) == std::string::npos);
}

TEST_CASE("a browser comes in by a cookie and opens a stream by it or by a ticket", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    const auto opened = world.post("/api/session", "", World::admin_token());
    REQUIRE(opened.status == 200);
    const auto set = opened.fields.at("set-cookie");
    CHECK(set.find("HttpOnly; SameSite=Strict") != std::string::npos);
    const auto cookie = set.substr(0, set.find(';'));
    const std::string own = "http://127.0.0.1";  // as the client's Host says

    const auto stats = [&] {
        return call(world.port(), {.target = "/api/stats", .fields = {{"Cookie", cookie}}}).status;
    };
    CHECK(stats() == 200);
    const auto post_from = [&](const std::string& origin) {
        return call(
            world.port(),
            {.method = "POST", .target = "/api/stream/ticket", .fields = {{"Cookie", cookie}, {"Origin", origin}}});
    };
    CHECK(post_from("https://evil.example").status == 403);
    const auto issued = post_from(own);
    REQUIRE(issued.status == 200);
    const auto ticket = text_of(issued.json(), "ticket");
    {
        WebSocket stream{world.port(), "/ws?ticket=" + ticket, ""};
        CHECK(stream.next_of("hello"));
    }
    CHECK_THROWS(WebSocket(world.port(), "/ws?ticket=" + ticket, ""));
    CHECK(world.server().output().find(ticket) == std::string::npos);

    CHECK(remove(world, "/api/session", {{"Cookie", cookie}, {"Origin", "https://evil.example"}}).status == 403);
    CHECK(stats() == 200);
    CHECK(remove(world, "/api/session", {{"Cookie", cookie}, {"Origin", own}}).status == 200);
    CHECK(stats() == 401);
}

TEST_CASE("the webhook's secret is rotated while the server runs", "[e2e]") {
    const World::Environment own_secret{{"WEBHOOK_BASE_URL", "https://shop.example/api/webhooks"},
                                        {"WEBHOOK_SECRET", ""}};
    World world{{.server = own_secret}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    REQUIRE(eventually([&] { return !secret_at_siigo(world).empty() && listed_at_siigo(world).size() == 3; }));
    const auto former = secret_at_siigo(world);
    const auto notify = [&](const std::string& secret) {
        return world.post("/api/webhooks/receive/" + secret, Notification{}.json(), "").status;
    };
    CHECK(notify(former) == 200);

    const auto rotated = rotate(world, {}, {});
    INFO(rotated.output);
    REQUIRE(rotated.exit_code == 0);
    const auto present = secret_at_siigo(world);
    CHECK(present.size() >= 43);
    CHECK(present != former);
    CHECK(listed_at_siigo(world).size() == 3);
    CHECK(notify(present) == 200);
    CHECK(notify(former) == 200);
    CHECK(rotated.output.find(present) == std::string::npos);
    CHECK(rotate(world, {}, {}).exit_code == 1);  // one at a time

    // Both hold over a restart, since SIIGO may still be sending by the former address.
    world.kill_server();
    world.start_server();
    CHECK(notify(present) == 200);
    CHECK(notify(former) == 200);
    REQUIRE(rotate(world, {"--retire"}, {}).exit_code == 0);
    CHECK(notify(former) == 401);
    CHECK(notify(present) == 200);
    CHECK(rotate(world, {"--retire"}, {}).exit_code == 1);

    // Where no server runs it is done in the store, and the next start tells SIIGO.
    CHECK(world.stop_server() == 0);
    REQUIRE(rotate(world, {}, {}).exit_code == 0);
    world.start_server();
    CHECK(eventually([&] {
        const auto told = secret_at_siigo(world);  // none, while the three are changed one after another
        return !told.empty() && told != present;
    }));
    CHECK(notify(present) == 200);
    CHECK(notify(secret_at_siigo(world)) == 200);
}

TEST_CASE("a secret that is set is rotated by its settings alone", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"WEBHOOK_SECRET_PREVIOUS", "a-former-secret-0123456789"}}}};
    world.start_server();
    CHECK(world.notify(Notification{}.json()).status == 200);
    CHECK(world.post("/api/webhooks/receive/a-former-secret-0123456789", Notification{}.json(), "").status == 200);
    const auto refused = rotate(world, {}, {{"WEBHOOK_SECRET", World::secret()}});
    CHECK(refused.exit_code == 1);
    CHECK(refused.output.find("WEBHOOK_SECRET_PREVIOUS") != std::string::npos);
    CHECK(rotate(world, {}, {}).exit_code == 1);  // the server knows it, whoever asks
    CHECK(rotate(world, {}, {{"DATA_DIR", "/nowhere"}}).exit_code == 1);
}

}  // namespace
}  // namespace stockcast::e2e
