// kill -9 under load: what was acknowledged is there, what was sent was durable, the store's invariants hold.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace stockcast::e2e {
namespace {

constexpr int rounds = 20;
constexpr int senders = 8;
constexpr int products = 40;

std::string product_id(int n) {
    char id[40];
    std::snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", n);
    return id;
}

/// The n-th state of all: quantity and stamp grow together, so the newest acknowledged one must be what is held, or a
/// newer.
std::string nth(int product, int n) {
    char stamp[40];
    std::snprintf(stamp, sizeof stamp, "2025-01-20T%02d:%02d:%02d.%03dZ", n / 3'600'000, n / 60'000 % 60, n / 1000 % 60,
                  n % 1000);
    return Notification{.id = product_id(product),
                        .code = "P-" + std::to_string(product),
                        .quantity = std::to_string(n),
                        .stock_updated = stamp}
        .json();
}

TEST_CASE("a kill at any instant loses nothing that was acknowledged", "[e2e][crash]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"LOG_LEVEL", "error"}}}};
    std::atomic<int> next{1};
    std::vector<std::atomic<int>> acknowledged(products);
    std::uint64_t last_seen = 0;  // the highest seq that a client was ever sent

    for (int round = 0; round < rounds; ++round) {
        world.start_server();
        std::atomic<bool> stop{false};
        std::atomic<int> answered{0};
        std::vector<std::thread> load;
        for (int sender = 0; sender < senders; ++sender)
            load.emplace_back([&] {
                Connection connection{world.port()};
                while (!stop) {
                    const int n = next++;
                    const int product = n % products;
                    const auto answer = connection.call({.method = "POST",
                                                         .target = world.webhook_path(),
                                                         .fields = {{"Content-Type", "application/json"}},
                                                         .body = nth(product, n)});
                    if (answer.status != 200) return;  // killed
                    ++answered;
                    int held = acknowledged[static_cast<std::size_t>(product)];
                    while (held < n &&
                           !acknowledged[static_cast<std::size_t>(product)].compare_exchange_weak(held, n)) {
                    }
                }
            });
        auto client = world.websocket("?since=" + std::to_string(last_seen));
        // Every round dies at another depth of load.
        const auto enough = 50 + round * 37;
        std::uint64_t previous = last_seen;
        bool gapless = true;
        while (answered < enough) {
            const auto message = client.next(std::chrono::milliseconds{200});
            if (!message) continue;
            const auto seq = text_of(*message, "seq");
            const auto type = text_of(*message, "type");
            if (type == "reset") gapless = false;
            if (type != "product_created" && type != "stock_updated" && type != "product_updated") continue;
            gapless = gapless && std::stoull(seq) == previous + 1;
            previous = std::stoull(seq);
        }
        world.kill_server();
        stop = true;
        for (auto& thread : load) thread.join();
        CHECK(gapless);
        last_seen = previous;

        INFO("round " << round);
        CHECK(world.store_findings() == std::vector<std::string>{});
        world.start_server();
        CHECK(world.head() >= last_seen);  // nobody was sent what the crash undid
        for (int product = 0; product < products; ++product) {
            const int least = acknowledged[static_cast<std::size_t>(product)];
            if (least == 0) continue;
            const auto held = world.stock("P-" + std::to_string(product));
            INFO("product " << product << ": acknowledged " << least << ", held " << held);
            REQUIRE_FALSE(held.empty());
            CHECK(std::stoi(held) >= least);
        }
        CHECK(world.stop_server() == 0);
    }
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
