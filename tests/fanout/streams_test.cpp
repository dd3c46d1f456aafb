// The list of open streams, and the end of one.
#include "fanout/fixture.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

TEST_CASE("streams are listed in the order of their coming, page by page", "[fanout][streams]") {
    FanoutFixture on;
    on.change(3);
    on.connect();
    on.advance(5s);
    on.wire = Wire::events;
    auto& second = on.connect({1, "epoch-1"});
    on.connect();

    const auto all = on.broadcaster.streams(0, 10);
    REQUIRE(all.size() == 3);
    CHECK(all[0].transport == "websocket");
    CHECK(all[0].client.address == "192.0.2.1");
    CHECK(all[0].client.subject == "ana");
    CHECK(all[0].cursor == 3);
    CHECK(all[0].behind == 0);
    CHECK(all[0].filter == nullptr);
    CHECK(all[1].transport == "events");
    CHECK(all[1].connected_at - all[0].connected_at == 5s);

    const auto first_page = on.broadcaster.streams(0, 2);
    REQUIRE(first_page.size() == 2);
    const auto second_page = on.broadcaster.streams(first_page.back().id, 2);
    REQUIRE(second_page.size() == 1);
    CHECK(second_page.front().id == all[2].id);

    second.hang_up();
    on.settle();
    CHECK(on.broadcaster.streams(0, 10).size() == 2);
}

TEST_CASE("a client that does not read is told of with what waits for it and how far behind it is",
          "[fanout][streams]") {
    FanoutFixture on;
    on.padding = std::string(200, 'x');
    auto& client = on.connect({}, {}, /*capacity=*/500);
    client.heard();
    client.reads = false;
    on.change(4);  // its socket is full: the rest of the second waits here
    on.advance(2s);
    on.change(3);
    on.advance(7s);
    const auto state = on.broadcaster.streams(0, 1).at(0);
    CHECK(state.cursor == 2);
    CHECK(state.behind == 5);
    CHECK(state.behind_for == 9s);
    CHECK(state.bytes_waiting > 500);
}

TEST_CASE("a stream is ended by its id, once", "[fanout][streams]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    auto& stays = on.connect();
    auto& goes = on.connect();
    const auto id = on.broadcaster.streams(0, 10).at(1).id;
    CHECK_FALSE(on.broadcaster.end_stream(id + 1));
    CHECK_FALSE(on.broadcaster.end_stream(0));
    CHECK(on.broadcaster.end_stream(id));
    on.settle();
    CHECK_THAT(goes.heard(), Catch::EndsWith("close:1008"));
    goes.hang_up();
    on.settle();
    CHECK_FALSE(on.broadcaster.end_stream(id));
    on.change();
    CHECK_THAT(stays.heard(), Catch::EndsWith("change:1"));
}
