#include "siigo/client_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;
using test::ClientWorld;
using test::Reply;
using State = ClientStatus::State;

namespace {

HttpFields field(std::string name, std::string value) {
    HttpFields fields;
    fields.add(std::move(name), std::move(value));
    return fields;
}

const std::string page = R"({"pagination":{"total_results":0},"results":[]})";

}  // namespace

TEST_CASE("a passing fault is tried again, and the third failure is the last", "[siigo]") {
    const Reply faults[] = {
        {.status = 500},
        {.status = 502, .body = "<html><title>502 Bad Gateway</title></html>"},
        {.status = 503, .body = R"({"status":503,"errors":[{"code":"service_unavailable"}]})"},
        {.status = 504},
        {.status = 408},
        {.status = 200, .body = "<html>maintenance</html>"},
        {.status = 200, .body = ""},
        {.status = 200, .body = page.substr(0, 20)},
        {.status = 200, .body = R"({"message":"hello"})"},
        {.status = 200, .body = page, .wire = Reply::Wire::cut},
        {.wire = Reply::Wire::silent},
    };
    for (const auto& fault : faults) {
        INFO(fault.status << ' ' << fault.body << ' ' << static_cast<int>(fault.wire));
        ClientWorld world;
        world.script = {fault, fault};
        const auto good = world.list();
        CHECK(good);
        CHECK(world.siigo.count("/v1") == 3);

        ClientWorld other;
        other.script = {fault, fault, fault};
        const auto bad = other.list();
        REQUIRE_FALSE(bad);
        CHECK(bad.error() == Errc::siigo_unavailable);
        CHECK(other.siigo.count("/v1") == 3);
        CHECK(other.client->status().failures_7d == 3);
        CHECK(other.client->status().calls_7d == 4);
    }
}

TEST_CASE("a connection that ends without an answer is a passing fault", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    // On the kept connection, then twice on connections of their own: each send went through the gate and counts.
    world.script.assign(3, Reply{.wire = Reply::Wire::reset});
    CHECK(world.list().error() == Errc::siigo_unavailable);
    CHECK(world.script.empty());
    CHECK(world.client->status().failures_7d == 3);
}

TEST_CASE("a connection that was idle is not trusted: SIIGO may have closed it", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    world.clock.advance(20s);
    REQUIRE(world.list());
    CHECK(world.siigo.connections() == 1);
    world.clock.advance(31s);
    REQUIRE(world.list());
    CHECK(world.siigo.connections() == 2);
}

TEST_CASE("a subscription is not created twice by a retry, but is tried again where nothing was done", "[siigo]") {
    const Subscription wanted{
        .id = {}, .application_id = "a", .topic = "t", .url = "u", .company_key = {}, .active = true, .created_at = {}};
    const Reply made{.status = 201, .body = R"({"id":"s1"})"};
    for (const auto& fault : {Reply{.status = 500}, Reply{.wire = Reply::Wire::reset}}) {
        ClientWorld world;
        world.script = {fault, made};
        const auto result = test::run(world.io, world.clock, world.client->create_subscription(wanted));
        CHECK(result.error() == Errc::siigo_unavailable);
        CHECK(world.siigo.count("/v1") == 1);
    }
    ClientWorld world;
    world.script = {test::failed(429, "requests_limit"), made};
    const auto result = test::run(world.io, world.clock, world.client->create_subscription(wanted));
    REQUIRE(result);
    CHECK(result->id == "s1");
}

TEST_CASE("a wait that SIIGO names is honoured by everyone", "[siigo]") {
    const Reply waits[] = {
        {.status = 429, .fields = field("Retry-After", "30")},
        {.status = 429, .body = R"({"Errors":[{"Code":"requests_limit","Message":"Try again in 30 seconds"}]})"},
        {.status = 503, .fields = field("Retry-After", "Mon, 20 Jan 2025 12:00:31 GMT")},
    };
    for (const auto& wait : waits) {
        ClientWorld world;
        world.script = {wait};
        const auto start = world.clock.now();
        REQUIRE(world.list());
        CHECK(world.siigo.asked().back().at - start >= 30s);
        CHECK(world.siigo.asked().back().at - start < 40s);
    }
    ClientWorld world;  // longer than a caller waits: told at once, and nobody asks before
    world.script = {{.status = 429, .fields = field("Retry-After", "600")}};
    CHECK(world.list().error() == Errc::siigo_throttled);
    CHECK(world.client->wait_hint() >= 599s);
    CHECK(world.list().error() == Errc::siigo_throttled);
    CHECK(world.siigo.count("/v1") == 1);
    world.start();  // a restart does not make it forget
    CHECK(world.client->wait_hint() >= 598s);
}

TEST_CASE("an answer that never comes is given up after the time-out", "[siigo]") {
    ClientWorld world;
    world.settings.request_timeout = 120s;
    world.start();
    world.script = {{.wire = Reply::Wire::silent}};
    const auto start = world.clock.now();
    REQUIRE(world.list());
    CHECK(world.clock.now() - start >= 120s);
    CHECK(world.siigo.connections() == 2);
}

TEST_CASE("retries never exceed their budget", "[siigo]") {
    ClientWorld world;
    world.otherwise = {.status = 429, .fields = field("Retry-After", "0")};
    for (int i = 0; i < 10; ++i) CHECK(world.list().error() == Errc::siigo_throttled);
    CHECK(world.siigo.count("/v1") == 15);  // ten calls and the five retries of a minute
}

TEST_CASE("a SIIGO out of reach opens the breaker and feeds no failure share", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    world.script = {{.wire = Reply::Wire::reset}};  // the kept connection ends with it
    world.siigo.refuses_connections = true;
    CHECK(world.list().error() == Errc::siigo_unavailable);
    for (int i = 0; i < 3; ++i) (void)world.list();
    CHECK(world.client->status().state == State::breaker_open);
    CHECK(world.log.count("does not answer") == 1);
    CHECK(world.client->status().failures_7d <= 1);

    world.siigo.refuses_connections = false;
    world.clock.advance(10min);
    REQUIRE(world.list());
    CHECK(world.client->status().state == State::healthy);
    CHECK(world.log.count("works again") == 1);
}

TEST_CASE("three refusals in a row on fresh tokens end the asking, but for probes, and a restart goes on so",
          "[siigo]") {
    ClientWorld world;
    world.otherwise = test::failed(401, "unauthorized");
    for (int i = 0; i < 3; ++i) CHECK(world.list().error() == Errc::siigo_unauthorized);
    CHECK(world.siigo.count("/v1") == 3);
    CHECK(world.siigo.count("/auth") == 3);
    CHECK(world.client->status().state == State::refused);
    CHECK(world.log.count("refuses our credentials") == 1);

    const auto asked = world.siigo.asked().size();
    CHECK(world.list().error() == Errc::siigo_unauthorized);
    CHECK(world.siigo.asked().size() == asked);
    world.start();
    CHECK(world.client->status().state == State::refused);
    CHECK(world.list().error() == Errc::siigo_unauthorized);
    CHECK(world.siigo.asked().size() == asked);

    // An hour of asking every second: probes after 1, 2, 4, 8, 15, 15, … minutes.
    for (int second = 0; second < 3600; ++second) {
        world.clock.advance(1s);
        CHECK(world.list().error() == Errc::siigo_unauthorized);
    }
    CHECK(world.siigo.count("/v1") == 3 + 7);

    world.otherwise = {.status = 200, .body = page};
    world.clock.advance(15min);
    REQUIRE(world.list());
    CHECK(world.client->status().state == State::healthy);
    CHECK(world.log.count("works again") == 1);
}

TEST_CASE("nothing is held against a changed access key", "[siigo]") {
    ClientWorld world;
    world.auth_script.assign(3, test::failed(401, "unauthorized"));
    for (int i = 0; i < 3; ++i) CHECK(world.list().error() == Errc::siigo_unauthorized);
    CHECK(world.client->status().state == State::refused);
    CHECK(world.siigo.count("/v1") == 0);
    world.settings.access_key = "another";
    world.start();
    CHECK(world.client->status().failures_7d == 3);  // the user's share goes on
    REQUIRE(world.list());
    CHECK(world.client->status().state == State::healthy);
}

TEST_CASE("whatever SIIGO answers, the failure share stays below its bounds", "[siigo]") {
    struct Row {
        const char* name;
        std::function<Reply(std::uint64_t call)> answer;
    };
    const Row rows[] = {
        {"all fail", [](std::uint64_t) { return test::failed(500, "unhandled_error"); }},
        {"all are refused", [](std::uint64_t) { return test::failed(401, "unauthorized"); }},
        {"all are throttled", [](std::uint64_t) { return test::failed(429, "requests_limit"); }},
        {"two of three are not found",
         [](std::uint64_t call) { return call % 3 ? test::failed(404, "not_found") : Reply{.body = page}; }},
        {"good at first, then all fail",
         [](std::uint64_t call) { return call < 60 ? Reply{.body = page} : test::failed(400, "invalid_type"); }},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        ClientWorld world;
        std::uint64_t calls = 0, failures = 0, worst = 0;
        const auto start = world.clock.now();
        world.siigo.answer = [&](const test::ScriptedSiigo::Asked& asked) {
            // What this call could make of the share, should it fail too; within the week nothing is forgotten.
            if (calls >= 50) worst = std::max(worst, (failures + 1) * 100 / (calls + 1));
            auto reply = asked.target == "/auth" ? Reply{.body = R"({"access_token":"t","expires_in":86400})"}
                                                 : row.answer(calls);
            ++calls;
            failures += reply.status >= 400 ? 1 : 0;
            return reply;
        };
        std::uint64_t at_day_start = 0;
        for (int minute = 0; minute < 3 * 24 * 60; ++minute) {
            if (minute % (24 * 60) == 0) at_day_start = failures;
            (void)world.list();
            world.clock.advance(1min);
            if (calls < 50) CHECK(failures - at_day_start <= 20);
        }
        CHECK(world.clock.now() - start < 7 * 24h);
        CHECK(failures > 0);
        CHECK(worst <= 55);
    }
}

TEST_CASE("a raised failure share slows calls down and says so", "[siigo]") {
    ClientWorld world;
    for (int i = 0; i < 60; ++i) REQUIRE(world.list());
    world.otherwise = test::failed(404, "not_found");
    while (world.client->status().state == State::healthy) CHECK(world.list().error() == Errc::siigo_not_found);
    CHECK(world.client->status().state == State::slowed);
    CHECK(world.log.count("more slowly") == 1);
    const auto before = world.clock.now();
    CHECK(world.list().error() == Errc::siigo_not_found);
    CHECK(world.clock.now() - before >= 9s);

    while (world.client->status().state == State::slowed) (void)world.list();
    CHECK(world.client->status().state == State::probing_only);
    const auto asked = world.siigo.asked().size();
    for (int minute = 0; minute < 60; ++minute) {
        (void)world.list();
        world.clock.advance(1min);
    }
    CHECK(world.siigo.asked().size() - asked <= 8);

    world.otherwise = {.status = 200, .body = page};  // and it comes back by itself
    for (int minute = 0; minute < 300; ++minute) {
        (void)world.list();
        world.clock.advance(1min);
    }
    CHECK(world.client->status().state == State::healthy);
}
