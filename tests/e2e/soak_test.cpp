// A long run of everything: what the server takes of its machine stays level, and is given back when the clients leave.
// SOAK_SECONDS is how long; script/soak runs it on the release's programs.
#include "e2e/event_stream.hpp"
#include "e2e/follower.hpp"
#include "e2e/soak_load.hpp"
#include "e2e/usage.hpp"
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace stockcast::e2e {
namespace {

using namespace std::chrono_literals;

std::chrono::seconds length() {
    const char* given = std::getenv("SOAK_SECONDS");
    return std::chrono::seconds{given ? std::stoi(given) : 10};
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// One figure over the run, by quarters.
struct Course {
    const char* name;
    std::array<std::vector<double>, 4> quarters{};

    void add(double at, double value) {  // `at`: 0 to 1
        quarters[std::min<std::size_t>(static_cast<std::size_t>(at * 4), 3)].push_back(value);
    }
    double of(std::size_t quarter) const { return median(quarters[quarter]); }
    double most() const {
        double most = 0;
        for (const auto& quarter : quarters)
            for (const auto value : quarter) most = std::max(most, value);
        return most;
    }
    /// The first quarter fills rings and caches; from the second on nothing may grow, but for what comes and goes.
    bool is_level(double share, double spare) const { return of(3) <= of(1) * (1 + share) + spare; }
    /// Higher in each quarter, and fourfold in the end: more than a noisy machine does.
    bool grows_grossly() const { return of(0) < of(1) && of(1) < of(2) && of(2) < of(3) && of(3) > 4 * of(0); }
    void print() const {
        std::printf("| %s | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, of(0), of(1), of(2), of(3), most());
    }
};

struct Courses {
    Course memory{"memory, MB"};
    Course descriptors{"descriptors"};
    Course threads{"threads"};
    Course wal{"write-ahead logs, MB"};
    Course delay{"webhook to 200, ms (p50)"};

    void print() const {
        std::printf(
            "| median of the | 1st quarter | 2nd | 3rd | 4th | most |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        for (const auto* course : {&memory, &descriptors, &threads, &wal, &delay}) course->print();
        std::fflush(stdout);
    }
};

/// Under load for so long, looked at each second.
Courses watch(World& world, SoakLoad& load) {
    Courses courses;
    const auto began = std::chrono::steady_clock::now();
    const std::chrono::duration<double> whole = length();
    for (auto next = began; next < began + length(); next += 1s) {
        std::this_thread::sleep_until(next);
        const auto at = std::chrono::duration<double>(next - began) / whole;
        const auto usage = usage_of(world.server().pid(), world.data_dir());
        REQUIRE(usage.resident_kb > 0);  // else it has ended
        courses.memory.add(at, static_cast<double>(usage.resident_kb) / 1024);
        courses.descriptors.add(at, static_cast<double>(usage.descriptors));
        courses.threads.add(at, static_cast<double>(usage.threads));
        courses.wal.add(at, static_cast<double>(usage.wal_kb) / 1024);
        std::vector<double> delays;
        for (const auto delay : load.take_delays()) delays.push_back(delay.count());
        if (!delays.empty()) courses.delay.add(at, median(delays));
    }
    return courses;
}

/// What AddressSanitizer keeps of freed memory is not the server's.
std::string asan_options() {
    const char* given = std::getenv("ASAN_OPTIONS");
    return (given ? std::string{given} + ":" : std::string{}) +
           "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

World::Options busy_shop() {
    // Logs and changes go while it runs, so that the store too has a steady size.
    const auto kept = std::to_string(std::max<long>(1, static_cast<long>(length().count() / 8))) + "s";
    return {.simulator = {"--products", "200", "--requests-per-minute", "5000", "--sales-per-minute", "300",
                          "--unannounced", "0.3", "--variant", "omit_stock_updated=false"},
            .server = {{"SYNC_INTERVAL", "2s"},
                       {"CHANGES_RETENTION", kept},
                       {"LOG_RETENTION", kept},
                       {"RATE_LIMIT_API", "0"},
                       {"RATE_LIMIT_OPEN", "0"},
                       {"LOG_LEVEL", "warning"},
                       {"ASAN_OPTIONS", asan_options()}}};
}

TEST_CASE("a long run leaves memory, descriptors, threads and logs level, and clients leave nothing behind",
          "[e2e][soak]") {
    World world{busy_shop()};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    world.subscribe();
    const auto before = usage_of(world.server().pid(), world.data_dir());

    Courses courses;
    {
        Follower follower{world};
        SoakLoad load{world, world.stocked_codes()};
        courses = watch(world, load);
        load.end();
        for (const auto& [what, times] : load.complaints()) FAIL_CHECK(what << ", " << times << " times");
        CHECK(follower.position() > 0);
        CHECK(eventually([&] { return follower.position() == world.head(); }));
        follower.leave();
        CHECK(follower.is_flawless());
        std::printf("%lld s, %llu webhooks by hand beside the shop's own, %llu clients that came and left\n\n",
                    static_cast<long long>(length().count()), static_cast<unsigned long long>(load.webhooks()),
                    static_cast<unsigned long long>(load.visits()));
    }
    courses.print();
    CHECK(courses.memory.is_level(0.25, 16));
    CHECK(courses.descriptors.is_level(0.25, 16));
    CHECK(courses.threads.is_level(0, 0));
    CHECK(courses.wal.most() <= 96);  // 64 MB are where tables are written; what comes meanwhile goes on top
    CHECK_FALSE(courses.delay.grows_grossly());

    // One may be that to SIIGO, which comes and goes.
    CHECK(eventually([&] { return usage_of(world.server().pid(), world.data_dir()).sockets <= before.sockets + 1; },
                     60s));
    CHECK(usage_of(world.server().pid(), world.data_dir()).threads == before.threads);
    world.siigo("POST", "/_sim/trade", R"({"sales_per_minute":0})");
    world.post("/api/sync?full=true", "");  // what was created unannounced shows in a whole listing alone
    std::vector<std::string> wrong;
    CHECK(eventually([&] { return (wrong = world.wrong_figures()).empty(); }, 120s));
    CHECK(wrong == std::vector<std::string>{});
    CHECK(world.stop_server() == 0);
}

TEST_CASE("a stop with clients of every kind connected ends with 0, whatever they are at", "[e2e][soak]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"RATE_LIMIT_API", "0"}, {"RATE_LIMIT_OPEN", "0"}}}};
    world.start_server();
    world.notify_in_turn(10, 60);
    const auto sockets = [&] { return usage_of(world.server().pid(), world.data_dir()).sockets; };
    std::vector<std::unique_ptr<WebSocket>> listeners;
    std::vector<std::unique_ptr<EventStream>> readers;
    for (const auto* query : {"", "?since=1", "?since=40", "?since=99"}) {
        listeners.push_back(
            std::make_unique<WebSocket>(world.port(), std::string{"/ws"} + query, World::viewer_token()));
        readers.push_back(std::make_unique<EventStream>(
            world.port(), std::string{"/api/events"} + query,
            EventStream::Options{.fields = {{"Authorization", "Bearer " + World::viewer_token()}}}));
    }
    std::vector<std::thread> others;
    others.emplace_back([&] { (void)world.get("/api/changes?wait=60s&since=50"); });
    others.emplace_back([&] { (void)raw_exchange(world.port(), "GET /api/stats HT", 20s); });
    others.emplace_back([&] {
        (void)raw_exchange(world.port(),
                           "POST " + world.webhook_path() +
                               " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
                           20s);
    });
    others.emplace_back([&] { (void)raw_exchange(world.port(), "", 20s); });
    CHECK(eventually([&] { return sockets() > listeners.size() + readers.size() + others.size(); }));
    CHECK(world.stop_server() == 0);  // a coroutine or a session left over is a leak to the sanitizers, and no 0
    for (auto& other : others) other.join();
}

}  // namespace
}  // namespace stockcast::e2e
