// SIIGO at its worst: whatever goes wrong there, the mirror is right in the end and our share of failures stays
// bounded.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

namespace stockcast::e2e {
namespace {

TEST_CASE("a first sync gets through every fault of siigo-api.md by itself", "[e2e]") {
    const auto fault =
        GENERATE(as<std::string>{}, R"({"internal_error":2})", R"({"unavailable":2})", R"({"html_gateway":2})",
                 R"({"empty_body":2})", R"({"cut_body":2})", R"({"unauthorized":1})", R"({"throttled":1})");
    INFO(fault);
    World world;
    world.faults(fault);
    world.start_server();
    REQUIRE(world.wait_until_ready());
    CHECK(world.agrees());
}

TEST_CASE("every variant of SIIGO's answers is understood, errors and subscriptions included", "[e2e]") {
    const auto variant =
        GENERATE(as<std::string>{}, "auth_status=200", "lower_case_errors=true", "numbers_as_strings=true",
                 "numbers_with_point=true", "omit_stock_updated=false", "omit_links=true", "omit_null_members=true",
                 "stamps_without_zone=true", "stamps_with_offset=true", "unknown_members=true",
                 "unassigned_id_null=true", "bare_array_subscriptions=true", "put_takes_path_id=true");
    INFO(variant);
    World world{{.simulator = {"--variant", variant, "--fault", "internal_error=1"},
                 .server = {{"WEBHOOK_BASE_URL", "https://shop.example/api/webhooks"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    CHECK(world.agrees());
    CHECK(eventually([&] { return world.siigo_requests("POST /v1/webhooks") >= 3; }));
}

TEST_CASE("every variant of SIIGO's notifications is understood", "[e2e]") {
    const auto variant =
        GENERATE(as<std::string>{}, "notification_nested=true", "notification_in_data=true",
                 "notification_new_stock=true", "notification_without_quantity=true", "notification_stock=true",
                 "notification_both_places=true", "numbers_as_strings=true");
    INFO(variant);
    World world{{.simulator = {"--variant", variant}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    world.subscribe();
    const auto code = world.stocked_code();
    world.sell(code, "41", true);
    CHECK(eventually([&] { return world.stock(code) == "41"; }));
}

TEST_CASE("a lagging poll does not undo what a webhook told", "[e2e]") {
    World world{{.simulator = {"--variant", "omit_stock_updated=false"}, .server = {{"SYNC_INTERVAL", "1s"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    world.subscribe();
    const auto code = world.stocked_code();
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    world.faults(R"({"figures_lag":3600000})");
    world.sell(code, "17", true);
    REQUIRE(eventually([&] { return world.stock(code) == "17"; }));
    for (int passes = 0; passes < 3; ++passes) REQUIRE(client.next_of("sync_completed"));
    CHECK(world.stock(code) == "17");
}

TEST_CASE("an outage is survived and the mirror is right afterwards", "[e2e]") {
    World world{{.server = {{"SYNC_INTERVAL", "1s"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    world.faults(R"({"outage":true})");
    const auto code = world.stocked_code();
    world.sell(code, "19", false);
    CHECK(world.notify(Notification{}.json()).status == 200);  // webhooks go on
    CHECK(world.get("/readyz", "").status == 200);
    const auto failed = [&] {
        return world.get("/api/sync/logs?limit=20").body.find("\"failed\"") != std::string::npos;
    };
    REQUIRE(eventually(failed));
    world.faults(R"({"outage":false})");
    CHECK(eventually([&] { return world.stock(code) == "19"; }, std::chrono::seconds{90}));
}

TEST_CASE("a pass that broke off and went on is counted once", "[e2e]") {
    World world{{.server = {{"SYNC_BATCH_SIZE", "20"}, {"SIIGO_REQUEST_SPACING", "100ms"}}}};
    world.start_server();
    const auto run = [&] {
        const auto page = world.get("/api/sync/logs?limit=1").json();
        const auto* logs = page.find("logs");
        return logs == nullptr || logs->if_array()->empty() ? Json{Json::Object{}} : logs->if_array()->front();
    };
    REQUIRE(eventually([&] { return text_of(run(), "pages") > "2"; }));
    world.faults(R"({"outage":true})");
    REQUIRE(eventually([&] { return text_of(run(), "outcome") == "failed"; }, std::chrono::seconds{90}));
    world.faults(R"({"outage":false})");
    REQUIRE(eventually([&] { return text_of(run(), "outcome") == "completed"; }, std::chrono::seconds{90}));
    CHECK(eventually([&] {
        return world.get("/metrics", "").body.find("stockcast_sync_rows_total " + text_of(run(), "seen") + "\n") !=
               std::string::npos;
    }));
}

TEST_CASE("a blocked account is asked three times on fresh tokens and then left alone", "[e2e]") {
    World world{{.server = {{"SYNC_INTERVAL", "1s"}}}};
    world.faults(R"({"blocked":true})");
    world.start_server();
    const auto refused = [&] { return world.get("/api/stats").body.find("refused") != std::string::npos; };
    REQUIRE(eventually(refused));
    const auto asked = world.siigo_requests("POST /auth") + world.siigo_requests("GET /v1/products");
    CHECK(asked <= 8);
    CHECK(world.get("/readyz", "").status == 503);
    CHECK(world.server().output().find("❌") != std::string::npos);
}

TEST_CASE("the subscriptions are made right, also where a PUT does not take, and others' are left alone", "[e2e]") {
    World world{{.simulator = {"--variant", "put_takes_body_id=false", "--variant", "put_takes_path_id=false"}}};
    world.start_server();  // so that there is an address to subscribe another application to
    world.subscribe();
    REQUIRE(world.stop_server() == 0);

    const auto made = [&] { return world.siigo_requests("POST /v1/webhooks"); };
    const auto removed = [&] { return world.siigo_requests("DELETE /v1/webhooks"); };
    world.start_server({{"WEBHOOK_BASE_URL", "https://shop.example/api/webhooks"}});
    REQUIRE(eventually([&] { return made() == 3; }));
    REQUIRE(world.server().wait_for_output("in order"));
    CHECK(removed() == 0);
    REQUIRE(world.stop_server() == 0);

    world.start_server({{"WEBHOOK_BASE_URL", "https://moved.example/api/webhooks"}});
    REQUIRE(world.server().wait_for_output("in order"));
    CHECK(removed() == 3);  // ours alone: another application's three stay
    CHECK(made() == 6);
    CHECK(world.server().output().find(World::secret()) == std::string::npos);
}

}  // namespace
}  // namespace stockcast::e2e
