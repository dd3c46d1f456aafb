#include "http/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

void sell(World& world, std::int64_t left) {
    world.clock.advance(1s);
    const auto time = "10:0" + std::to_string(9 - left);
    world.observe(observation().about(1).coded("A").named("a").with_stock(left).as_of(time));
}

}  // namespace

TEST_CASE("changes after a position come oldest first, up to the limit", "[http][changes]") {
    World world;
    for (std::int64_t left = 5; left >= 1; --left) sell(world, left);
    const auto ask = [&](std::string_view query) {
        return world.ask_waiting(get("/api/changes?" + std::string{query}).bearing(world.token(Role::viewer)));
    };
    const auto head = world.broadcaster->head();
    REQUIRE(head == 5);

    const auto all = ask("since=0");
    CHECK(all.status == 200);
    CHECK(text_at(all, "seq") == "5");
    CHECK(text_at(all, "epoch") == world.ledger->status().epoch);
    CHECK(member(parsed(all), "changes").if_array()->size() == 5);
    CHECK(text_at(all, "changes.0.seq") == "1");
    CHECK(text_at(all, "changes.4.newStock") == "1");
    CHECK(ask("").body == all.body);

    const auto some = ask("since=2&limit=2");
    CHECK(text_at(some, "changes.0.seq") == "3");
    CHECK(text_at(some, "changes.1.seq") == "4");
    CHECK(text_at(some, "changes.2") == "null");
    CHECK(text_at(some, "seq") == "5");

    const auto none = ask("since=5");
    CHECK(none.status == 200);
    CHECK(text_at(none, "changes") == "[]");
}

TEST_CASE("a position that can't be gone on from gets 410 and the way on", "[http][changes]") {
    World world;
    sell(world, 3);
    const std::string query =
        GENERATE("since=2", "since=1&epoch=another", "epoch=another", "since=9223372036854775807");
    CAPTURE(query);
    const auto response = world.ask_waiting(get("/api/changes?" + query).bearing(world.token(Role::viewer)));
    CHECK(response.status == 410);
    CHECK(text_at(response, "seq") == "1");
    CHECK(text_at(response, "epoch") == world.ledger->status().epoch);
}

TEST_CASE("a waiting answer comes with the next change, or empty at its end", "[http][changes]") {
    World world;
    sell(world, 3);
    const HttpRequest request =
        get("/api/changes?since=1&wait=30s&epoch=" + world.ledger->status().epoch).bearing(world.token(Role::viewer));
    const auto begun = world.clock.now();
    const auto empty = world.ask_waiting(request);
    CHECK(empty.status == 200);
    CHECK(text_at(empty, "changes") == "[]");
    CHECK(world.clock.now() - begun == 30s);

    HttpResponse answer;
    asio::co_spawn(world.io, world.api->handle(request, std::move(world.api->judge(request).admitted)),
                   [&](std::exception_ptr, HttpResponse response) { answer = std::move(response); });
    sell(world, 2);
    world.io.restart();
    world.io.run_for(10ms);
    CHECK(text_at(answer, "changes.0.seq") == "2");
}
