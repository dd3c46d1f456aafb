// A failed fsync: the outcome is unknown, so nothing is acknowledged, nothing is sent, and the server ends with 1.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace stockcast::e2e {
namespace {

std::string at_second(int second) {
    return Notification{.quantity = std::to_string(second),
                        .stock_updated = "2025-01-20T10:30:" + std::to_string(second) + "Z"}
        .json();
}

TEST_CASE("after a failed fsync nothing is acknowledged or sent, and the next start finds a whole store", "[e2e]") {
    TemporaryDirectory directory;
    const auto flag = directory.path() + "/broken";
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server({{"LD_PRELOAD", FAILING_FSYNC_LIBRARY},
                        {"FSYNC_FAILS_WHILE", flag},
                        {"ASAN_OPTIONS", "verify_asan_link_order=0"}});
    REQUIRE(world.notify(at_second(10)).status == 200);
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));

    std::ofstream{flag} << "x";
    const auto answer = world.notify(at_second(11));
    // 503, or no answer at all when the end came first; never a 2xx.
    CHECK((answer.status == 503 || answer.status == 0));
    CHECK_FALSE(client.next_of("stock_updated", std::chrono::seconds{10}));
    CHECK(world.server().wait() == 1);
    CHECK(world.server().output().find("❌") != std::string::npos);

    CHECK(world.store_findings() == std::vector<std::string>{});
    world.start_server();
    const auto held = world.stock("E2E-1");
    CHECK((held == "10" || held == "11"));
    CHECK(world.notify(at_second(12)).status == 200);
    CHECK(world.stock("E2E-1") == "12");
    CHECK(world.stop_server() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
