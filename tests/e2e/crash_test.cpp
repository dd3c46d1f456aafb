// kill -9 and power cuts under load: what was acknowledged is there, what was sent was durable, the store's invariants
// hold, backups that were made can be restored.
#include "e2e/loop_disk.hpp"
#include "e2e/mixed_load.hpp"
#include "e2e/world.hpp"
#include "support/trials.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace stockcast::e2e {
namespace {

/// What `stockcast restore` and `verify` say against a backup; empty: nothing.
std::string refusal_of(const std::string& backup) {
    const TemporaryDirectory directory;
    const World::Environment there{{"DATA_DIR", directory.path() + "/data"}, {"LANG", "C"}};
    for (const auto& arguments : {std::vector<std::string>{STOCKCAST_PROGRAM, "restore", backup},
                                  std::vector<std::string>{STOCKCAST_PROGRAM, "verify"}}) {
        const auto ran = run_to_end(arguments, there, directory.path());
        if (ran.exit_code != 0) return ran.output;
    }
    return {};
}

/// Rounds of a mixed load, each ended at another depth by `end`, which leaves no server. What everybody was told must be
/// there in the next.
template <class End>
void live_through(World& world, std::uint64_t rounds, End end) {
    const auto codes = world.stocked_codes();
    Promises promises;
    std::uint64_t checked = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        INFO("round " << round);
        world.start_server();
        CHECK(world.head() >= promises.last_delivered());  // nobody was sent what the crash undid
        CHECK(promises.broken(world, checked) == std::vector<std::string>{});
        checked = promises.last_delivered();

        const auto enough = promises.acknowledged() + 20 + round * 37 % 400;
        MixedLoad load{world, codes, promises};
        const int backups = round % 5 == 0 ? 1 : 0;
        CHECK(eventually([&] { return promises.acknowledged() >= enough && load.backups_made() >= backups; },
                         std::chrono::seconds{60}));
        end(load);
        CHECK(load.is_gapless());
        CHECK(world.store_findings() == std::vector<std::string>{});
        if (backups > 0) CHECK(refusal_of(load.last_backup()) == "");
    }

    world.start_server();
    CHECK(promises.broken(world, 0) == std::vector<std::string>{});
    CHECK(eventually([&] { return world.agrees(); }, std::chrono::seconds{90}));
    CHECK(text_of(world.siigo("GET", "/_sim/counts"), "quota_refusals") == "0");
    CHECK(world.stop_server() == 0);
    WARN(rounds << " rounds, " << promises.acknowledged() << " acknowledged webhooks, " << promises.last_delivered()
                << " changes sent");
}

World::Options busy_shop() {
    return {.simulator = {"--requests-per-minute", "2000", "--variant", "omit_stock_updated=false"},
            .server = {{"SYNC_INTERVAL", "1s"}, {"LOG_LEVEL", "error"}, {"RATE_LIMIT_API", "100000/s"}}};
}

TEST_CASE("a kill at any instant of a mixed load breaks nothing that anybody was told", "[e2e][crash]") {
    World world{busy_shop()};
    live_through(world, test::trials(20), [&](MixedLoad& load) {
        world.kill_server();
        load.wait();
    });
}

TEST_CASE("a power cut at any instant of a mixed load breaks nothing that anybody was told", "[e2e][crash]") {
    LoopDisk disk;
    if (!disk.is_mounted()) {
        WARN("mounting a loop device is refused here: not run; tests/durability stands in");
        return;
    }
    auto options = busy_shop();
    options.server["DATA_DIR"] = disk.path() + "/data";
    World world{std::move(options)};
    live_through(world, std::max<std::uint64_t>(test::trials(20) / 4, 1), [&](MixedLoad& load) {
        // The process first, as with the machine: for a moment after its shutdown ext4 still calls an fdatasync(2) that is
        // under way a success, though what it wrote is lost, and a server that lives would pass that on.
        world.kill_server();
        disk.cut_power();
        load.wait();
        disk.mount_again();
    });
}

TEST_CASE("a kill in the middle of a sync breaks neither the store nor the quota, and the mirror is right in the end",
          "[e2e][crash]") {
    World world{{.simulator = {"--sales-per-minute", "600", "--unannounced", "0.5", "--requests-per-minute", "80",
                               "--variant", "omit_stock_updated=false"},
                 .server = {{"SYNC_INTERVAL", "1s"}, {"LOG_LEVEL", "error"}}}};
    for (std::uint64_t round = 1; round <= 6; ++round) {
        world.start_server();
        world.subscribe();
        // Each round dies after some more pages: in the first full pass, later in incremental ones and single reads.
        const auto enough = world.siigo_requests("GET /v1/products") + round;
        REQUIRE(
            eventually([&] { return world.siigo_requests("GET /v1/products") >= enough; }, std::chrono::seconds{90}));
        world.kill_server();
        INFO("round " << round);
        CHECK(world.store_findings() == std::vector<std::string>{});
    }
    world.siigo("POST", "/_sim/trade", R"({"sales_per_minute":0})");
    world.start_server();
    REQUIRE(eventually([&] { return world.get("/readyz", "").status == 200; }, std::chrono::seconds{90}));
    CHECK(eventually([&] { return world.agrees(); }, std::chrono::seconds{90}));
    CHECK(text_of(world.siigo("GET", "/_sim/counts"), "quota_refusals") == "0");
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings() == std::vector<std::string>{});
}

}  // namespace
}  // namespace stockcast::e2e
