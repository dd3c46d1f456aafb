// A full disk: webhooks get 503, readiness turns red, and both end by themselves when there is room again.
#include "e2e/small_disk.hpp"
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

namespace stockcast::e2e {
namespace {

TEST_CASE("a full disk is told with 503, turns readiness red and ends by itself", "[e2e][disk]") {
    SmallDisk disk{300};
    if (!disk.is_mounted()) {
        WARN("mounting a tmpfs is refused here: not run");
        return;
    }
    World world{{.server = {{"DATA_DIR", disk.path() + "/data"}, {"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    REQUIRE(world.notify(Notification{.quantity = "1", .stock_updated = "2025-01-20T10:30:01Z"}.json()).status == 200);
    const auto head = world.head();

    disk.fill(1 << 20);
    const auto later = [](int n) {
        return Notification{.quantity = std::to_string(n),
                            .stock_updated = "2025-01-20T10:30:" + std::to_string(n) + "Z"}
            .json();
    };
    REQUIRE(eventually([&] { return world.notify(later(20)).status == 503; }));
    const auto refused = world.notify(later(21));
    CHECK(refused.status == 503);
    CHECK(refused.fields.contains("retry-after"));
    CHECK(eventually([&] { return world.get("/readyz", "").status == 503; }));
    CHECK(world.get("/healthz", "").status == 200);

    disk.make_room();
    CHECK(eventually([&] { return world.get("/readyz", "").status == 200; }));
    CHECK(eventually([&] { return world.notify(later(30)).status == 200; }));
    CHECK(world.stock("E2E-1") == "30");
    CHECK(world.head() > head);
    CHECK(world.stop_server() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
