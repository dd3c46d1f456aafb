// The product's main job, by the built programs over real sockets.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

namespace stockcast::e2e {
namespace {

TEST_CASE("the first sync of 589 products takes 12 product requests and one token", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    CHECK(world.agrees());
    CHECK(world.siigo_requests("GET /v1/products") == 12);
    CHECK(world.siigo_requests("POST /auth") == 1);
    const auto stats = world.get("/api/stats").json();
    CHECK(text_of(*stats.find("products"), "total_products") == "589");
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings() == std::vector<std::string>{});
}

TEST_CASE("a quiet incremental pass is one request", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto before = world.siigo_requests("GET /v1/products");
    REQUIRE(world.post("/api/sync", "").status == 202);
    const auto completed = [&] {
        const auto logs = world.get("/api/sync/logs?limit=1").json();
        const auto* rows = logs.find("logs");
        return rows && !rows->if_array()->empty() && text_of(rows->if_array()->front(), "kind") == "incremental" &&
               text_of(rows->if_array()->front(), "outcome") == "completed";
    };
    REQUIRE(eventually(completed));
    CHECK(world.siigo_requests("GET /v1/products") == before + 1);
}

TEST_CASE("a webhook is on disk when it is answered and at every client at once", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    auto client = world.websocket();
    const auto hello = client.next();
    REQUIRE(hello);
    CHECK(text_of(*hello, "type") == "hello");
    CHECK(text_of(*hello, "epoch") == world.epoch());

    const auto answer = world.notify(Notification{.quantity = "12.50"}.json());
    CHECK(answer.status == 200);
    const auto created = client.next_of("product_created");
    REQUIRE(created);
    CHECK(text_of(*created, "productCode") == "E2E-1");

    CHECK(world.notify(Notification{.quantity = "7", .stock_updated = "2025-01-20T10:31:00Z"}.json()).status == 200);
    const auto sold = client.next_of("stock_updated");
    REQUIRE(sold);
    CHECK(text_of(*sold, "oldStock") == "12.5");
    CHECK(text_of(*sold, "newStock") == "7");
    CHECK(text_of(*sold, "source") == "webhook");
    CHECK(std::stoull(text_of(*sold, "seq")) == std::stoull(text_of(*created, "seq")) + 1);
    CHECK(world.stock("E2E-1") == "7");

    const auto logs = world.get("/api/webhooks/logs?limit=1").json();
    const auto& newest = logs.find("logs")->if_array()->front();
    CHECK(text_of(newest, "id") == text_of(*sold, "cause"));
    CHECK(text_of(newest, "old_stock") == "12.5");
    CHECK(text_of(newest, "new_stock") == "7");
    world.kill_server();
    CHECK(world.store_findings() == std::vector<std::string>{});
}

TEST_CASE("duplicates, reordering and an older state move nothing back", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    const auto at = [](const char* time, const char* quantity) {
        return Notification{.quantity = quantity, .stock_updated = std::string{"2025-01-20T10:"} + time + "Z"}.json();
    };
    CHECK(world.notify(at("30:00", "10")).status == 200);
    CHECK(world.notify(at("32:00", "8")).status == 200);
    const auto head = world.head();
    CHECK(world.notify(at("32:00", "8")).status == 200);   // again
    CHECK(world.notify(at("31:00", "9")).status == 200);   // late
    CHECK(world.notify(at("29:00", "15")).status == 200);  // older than all
    CHECK(world.stock("E2E-1") == "8");
    CHECK(world.head() == head);
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings() == std::vector<std::string>{});
}

TEST_CASE("what no webhook told is found by the poll", "[e2e]") {
    World world{{.server = {{"SYNC_INTERVAL", "1s"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    const auto code = world.stocked_code();
    world.sell(code, "4321", false);
    const auto found = client.next_of("stock_updated");
    REQUIRE(found);
    CHECK(text_of(*found, "productCode") == code);
    CHECK(text_of(*found, "newStock") == "4321");
    CHECK(text_of(*found, "source") == "scheduled_sync");
    CHECK(world.agrees());
}

TEST_CASE("a stock change that updated_start does not show is settled by the full reconciliation", "[e2e]") {
    World world{{.simulator = {"--variant", "updated_filter_ignores_stock=true"}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    world.sell(code, "77", false);
    REQUIRE(world.post("/api/sync?full=true", "").status == 202);
    CHECK(eventually([&] { return world.stock(code) == "77"; }));
}

TEST_CASE("sales that SIIGO announces by webhook arrive with the webhook as their cause", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    world.subscribe();
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    const auto code = world.stocked_code();
    world.sell(code, "4433", true);
    const auto sold = client.next_of("stock_updated");
    REQUIRE(sold);
    CHECK(text_of(*sold, "source") == "webhook");
    CHECK(text_of(*sold, "newStock") == "4433");
}

TEST_CASE("a forged notification without the secret moves nothing but has the product read", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    const auto id = world.id_of(code);
    world.sell(code, "55", false);
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    const auto answer =
        world.post("/api/webhooks/receive", Notification{.id = id, .code = code, .quantity = "999999"}.json(), "");
    CHECK(answer.status == 202);
    const auto read = client.next_of("stock_updated");
    REQUIRE(read);
    CHECK(text_of(*read, "newStock") == "55");
    CHECK(text_of(*read, "source") == "refresh");
}

TEST_CASE("a notification without a quantity has the product read and never counts as zero", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    const auto id = world.id_of(code);
    world.sell(code, "66", false);
    CHECK(world
              .notify(R"({"company_key":"demo","topic":"public.siigoapi.products.stock.update","id":")" + id +
                      R"(","code":")" + code + R"("})")
              .status == 200);
    CHECK(eventually([&] { return world.stock(code) == "66"; }));
}

TEST_CASE("a deleted product is confirmed and then gone", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto code = world.stocked_code();
    world.siigo("POST", "/_sim/product", R"({"action":"delete","code":")" + code + R"(","force":true})");
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    REQUIRE(world.post("/api/sync?full=true", "").status == 202);
    const auto gone = client.next_of("product_deleted");
    REQUIRE(gone);
    CHECK(text_of(*gone, "productCode") == code);
    CHECK(world.agrees());
}

TEST_CASE("a client resumes after a restart with each change once and in order", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    const auto change = [&](int n) {
        return world.notify(Notification{
            .quantity = std::to_string(n),
            .stock_updated = "2025-01-20T10:30:" + std::string{n < 10 ? "0" : ""} + std::to_string(n) + "Z"}
                                .json());
    };
    CHECK(change(1).status == 200);
    const auto epoch = world.epoch();
    for (int n = 2; n <= 5; ++n) CHECK(change(n).status == 200);
    CHECK(world.stop_server() == 0);
    world.start_server();
    for (int n = 6; n <= 9; ++n) CHECK(change(n).status == 200);

    auto client = world.websocket("?since=1&epoch=" + epoch);
    REQUIRE(client.next_of("hello"));
    for (std::uint64_t seq = 2; seq <= 9; ++seq) {
        const auto next = client.next();
        REQUIRE(next);
        CHECK(text_of(*next, "seq") == std::to_string(seq));
        CHECK(text_of(*next, "newStock") == std::to_string(seq));
    }
    const auto caught_up = client.next();
    REQUIRE(caught_up);
    CHECK(text_of(*caught_up, "type") == "caught_up");
    CHECK(text_of(*caught_up, "seq") == "9");

    for (const std::string& query : {"?since=1000&epoch=" + epoch, std::string{"?since=1&epoch=another"}}) {
        auto lost = world.websocket(query);
        REQUIRE(lost.next_of("hello"));
        CHECK(lost.next_of("reset"));
    }
    CHECK(world.get("/api/changes?since=1000").status == 410);
    CHECK(world.get("/api/changes?since=1&epoch=another").status == 410);
    const auto rest = world.get("/api/changes?since=7&epoch=" + epoch).json();
    CHECK(rest.find("changes")->if_array()->size() == 2);
}

}  // namespace
}  // namespace stockcast::e2e
