// What a WebSocket client gets: order, resuming, the log behind the ring, filters.
#include "fanout/fixture.hpp"

#include "stockcast/store/keys.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

TEST_CASE("a client hears hello, then each change as it is published, in order", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(3);
    auto& client = on.connect();
    CHECK(client.heard() == "hello:3:epoch-1");
    on.change();
    CHECK(client.heard() == "change:4");
    on.change(5);
    CHECK(client.heard() == changes(5, 9));
    CHECK(on.broadcaster.head() == 9);
}

TEST_CASE("hello names the hash of the head that it names", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    for (int round = 0; round < 2; ++round) {
        const auto hello = parse_json(on.connect().events().at(0)).value();
        CHECK(*hello.find("head_hash")->if_string() == on.head_hash.to_hex());
        on.change(2);
    }
}

TEST_CASE("all clients get the same bytes, however many they are", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    std::vector<TestClient*> clients;
    for (int i = 0; i < 600; ++i) clients.push_back(&on.connect());  // more than two slices
    on.change(2);
    on.change();
    for (auto* client : clients) REQUIRE(client->heard() == "hello:0:epoch-1 " + changes(1, 3));
    CHECK(on.broadcaster.sessions() == 600);
}

TEST_CASE("a publication wakes the executor once, not once a change and client", "[fanout]") {
    FanoutFixture on;
    for (int i = 0; i < 10; ++i) on.connect().heard();
    CommitNotice notice;
    for (Seq seq = 1; seq <= 100; ++seq)
        notice.changes.push_back(
            {seq, ChangeType::stock_updated, "main", {}, "A", {}, R"({"source":"x","type":"t","seq":1})"});
    on.broadcaster.publish(notice);
    on.io.restart();
    // One hand-over; what a socket takes at once needs no completion.
    CHECK(on.io.poll() == 1);
    on.head = 100;
}

TEST_CASE("resuming gives everything missed once, then caught_up, then goes on", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(5);
    auto& client = on.connect({2, "epoch-1"});
    CHECK(client.heard() == "hello:5:epoch-1 " + changes(3, 5) + " caught_up:5");
    on.change();
    CHECK(client.heard() == "change:6");
    if (on.wire == Wire::websocket) CHECK(on.workers.posted == 0);  // all from the ring
}

TEST_CASE("caught_up also comes when nothing was missed, and only once", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(5);
    auto& client = on.connect({5, ""});
    CHECK(client.heard() == "hello:5:epoch-1 caught_up:5");
    on.change();
    CHECK(client.heard() == "change:6");
}

TEST_CASE("a position that can't be gone on from gets reset, and changes from then on", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(5);
    SECTION("another epoch") {
        auto& client = on.connect({2, "epoch-0"});
        CHECK(client.heard() == "hello:5:epoch-1 reset:5");
        on.change();
        CHECK(client.heard() == "change:6");
    }
    SECTION("ahead of the log") {
        auto& client = on.connect({6, "epoch-1"});
        const auto events = client.events();
        REQUIRE(events.size() == 2);
        CHECK_THAT(events[1], Catch::Contains("ahead"));
        on.change();
        CHECK(client.heard() == "change:6");
    }
}

TEST_CASE("what the ring no longer has is read from the log, without a gap or a double", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 2000;
    settings.log_read_bytes = 1500;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(100);
    auto& client = on.connect({0, ""});
    CHECK(client.heard() == "hello:100:epoch-1 " + changes(1, 100) + " caught_up:100");
    CHECK(on.workers.posted > 10);  // bounded turns
    on.change(2);
    CHECK(client.heard() == changes(101, 102));
}

TEST_CASE("whoever narrows while the log is read for him and his socket is full goes on from where he was",
          "[fanout][filter]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 2000;
    settings.log_read_bytes = 1500;
    FanoutFixture on{settings};
    on.change(20, "A");
    on.change(20, "B");
    on.workers.held = true;
    auto& client = on.connect({0, ""}, {}, /*capacity=*/180);
    client.reads = false;
    client.say("nonsense");
    client.say("nonsense");  // its answers fill the socket
    REQUIRE(on.workers.run_one());
    on.settle();

    client.say(R"({"type":"subscribe","codes":["A"]})");
    client.reads = true;
    on.workers.held = false;
    std::string heard;
    for (auto quiet = 0; quiet < 5;) {
        while (on.workers.run_one()) {
        }
        on.settle();
        const auto more = client.heard();
        quiet = more.empty() ? quiet + 1 : 0;
        if (!more.empty()) heard += (heard.empty() ? "" : " ") + more;
    }
    CHECK(heard == "hello:40:epoch-1 error error subscribed:0 " + changes(1, 20) + " caught_up:40");
}

TEST_CASE("changes published while the log is being read come after it, once", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 2000;
    settings.log_read_bytes = 1500;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(30);
    on.workers.held = true;
    auto& client = on.connect({0, ""});
    auto heard = client.heard();
    for (int round = 0; round < 60; ++round) {
        on.change();
        on.workers.run_one();
        if (const auto part = client.heard(); !part.empty()) heard += " " + part;
    }
    // Level at some point on the way: which one is a matter of turns.
    const auto at = heard.find(" caught_up:");
    REQUIRE(at != std::string::npos);
    heard.erase(at, heard.find(' ', at + 1) - at);
    CHECK(heard == "hello:30:epoch-1 " + changes(1, on.head));
}

TEST_CASE("what retention has taken gets reset", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 1000;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(50);
    on.forget_up_to(20);
    CHECK(on.connect({10, ""}).heard() == "hello:50:epoch-1 reset:50");
    CHECK(on.connect({19, ""}).heard() == "hello:50:epoch-1 reset:50");
    CHECK(on.connect({20, ""}).heard() == "hello:50:epoch-1 " + changes(21, 50) + " caught_up:50");
    on.forget_up_to(50);
    CHECK(on.connect({30, ""}).heard() == "hello:50:epoch-1 reset:50");
}

TEST_CASE("what retention has taken is not given out of the ring either, over any transport", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    CHECK(on.connect().heard() == "hello:0:epoch-1");  // the events' ring is made for the first who uses it
    on.change(50);
    CHECK(on.connect({10, ""}).heard() == "hello:50:epoch-1 " + changes(11, 50) + " caught_up:50");
    CommitNotice notice;
    notice.head = on.head;
    notice.oldest = 21;
    on.forget_up_to(20);
    on.broadcaster.publish(notice);
    CHECK(on.connect({19, ""}).heard() == "hello:50:epoch-1 reset:50");
    CHECK(on.connect({20, ""}).heard() == "hello:50:epoch-1 " + changes(21, 50) + " caught_up:50");
}

TEST_CASE("a store that can't be read ends the session with 1011", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 1000;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(50);
    Batch batch;
    batch.put(Family::changes, keys::change(3), "nonsense");
    REQUIRE(on.store.commit(batch));
    auto& client = on.connect({0, ""});
    CHECK_THAT(client.heard(), Catch::EndsWith("close:1011"));
    CHECK(on.log.has("can't be read after"));
}

TEST_CASE("only so many sessions read the log at once; all get their turn", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 1000;
    settings.log_readers_max = 2;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(20);
    on.workers.held = true;
    std::vector<TestClient*> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(&on.connect({0, ""}));
    for (auto* client : clients) REQUIRE(client->heard() == "hello:20:epoch-1");
    CHECK(on.workers.posted == 2);
    while (on.workers.run_one()) on.settle();
    for (auto* client : clients) CHECK(client->heard() == changes(1, 20) + " caught_up:20");
}

TEST_CASE("a slow client falls behind the ring, costs nobody and misses nothing", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 3000;
    settings.write_bytes = 1000;
    settings.log_read_bytes = 1000;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    auto& fast = on.connect();
    auto& slow = on.connect({}, {}, 100);
    slow.reads = false;
    auto heard = fast.heard();
    for (int i = 0; i < 40; ++i) {
        on.change(3);
        heard += " " + fast.heard();
    }
    CHECK(heard == "hello:0:epoch-1 " + changes(1, 120));
    slow.reads = true;
    CHECK(slow.heard() == "hello:0:epoch-1 " + changes(1, 120));
    on.change();
    CHECK(slow.heard() == "change:121");
}

TEST_CASE("a subscription narrows what comes, from the ring and from the log", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 2000;
    FanoutFixture on{settings};
    auto& client = on.connect();
    client.say(R"({"type":"subscribe","codes":["B"]})");
    CHECK(client.heard() == "hello:0:epoch-1 subscribed:0");
    on.change(2, "A");
    on.change(1, "B");
    on.change(1, "A");
    CHECK(client.heard() == "change:3");

    SECTION("widened again") {
        client.say(R"({"type":"subscribe"})");
        on.change(1, "A");
        CHECK(client.heard() == "subscribed:4 change:5");
    }
    SECTION("by warehouse") {
        client.say(R"({"type":"subscribe","warehouses":[1270]})");
        on.change(1, "A", {"9"});
        on.change(1, "A", {"9", "1270"});
        CHECK(client.heard() == "subscribed:4 change:6");
    }
    SECTION("heartbeats still carry the head") {
        on.advance(26s);
        CHECK(client.heard() == "heartbeat:4");
    }
}

TEST_CASE("a filtered client that is behind is served from the log by its filter", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 2000;
    settings.log_read_bytes = 2000;
    FanoutFixture on{settings};
    on.workers.held = true;
    for (int i = 0; i < 20; ++i) {
        on.change(4, "A", {"1"});
        on.change(1, "B", {"2"});
    }
    const std::string wanted =
        GENERATE(R"({"type":"subscribe","codes":["B"]})", R"({"type":"subscribe","warehouses":[2]})");
    auto& client = on.connect({0, ""});
    client.say(wanted);  // while the first turn, without the filter, is under way: that one must not count
    on.workers.held = false;
    while (on.workers.run_one()) on.settle();
    std::string expected = "hello:100:epoch-1 subscribed:0";
    for (Seq seq = 5; seq <= 100; seq += 5) expected += " change:" + std::to_string(seq);
    CHECK(client.heard() == expected + " caught_up:100");
}

TEST_CASE("announcements reach those who are connected and are not resumed", "[fanout]") {
    FanoutFixture on;
    auto& all = on.connect();
    auto& changes_only = on.connect();
    changes_only.say(R"({"type":"subscribe","types":["stock_updated"]})");
    all.heard();
    changes_only.heard();
    on.broadcaster.announce(R"({"type":"sync_completed"})");
    on.change();
    on.broadcaster.announce(R"({"type":"alert","detail":"x"})");
    CHECK(all.heard() == "sync_completed change:1 alert");
    CHECK(changes_only.heard() == "change:1");
    CHECK(on.connect({0, ""}).heard() == "hello:1:epoch-1 change:1 caught_up:1");
}

TEST_CASE("GET /api/changes reads from the ring or the log, and waits when there is nothing", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 2000;
    FanoutFixture on{settings};
    on.change(50);
    const auto ask = [&](Seq since, std::size_t limit) {
        return run(on.io, on.clock, on.broadcaster.changes_after(since, limit, on.clock.now() + 10s));
    };
    const auto seqs = [](const Broadcaster::Changes& changes) {
        const auto list = parse_json("[" + changes.events + "]");
        REQUIRE(list);
        std::string out;
        for (const auto& event : *list->if_array()) out += event.find("seq")->if_number()->text + " ";
        return out;
    };

    const auto recent = ask(47, 100);
    REQUIRE(recent);
    CHECK(seqs(*recent) == "48 49 50 ");
    CHECK(recent->head == 50);
    CHECK(recent->count == 3);
    CHECK(on.workers.posted == 0);

    const auto old = ask(2, 3);
    REQUIRE(old);
    CHECK(seqs(*old) == "3 4 5 ");
    CHECK(old->count == 3);
    CHECK(on.workers.posted == 1);

    CHECK(ask(51, 1).error() == Errc::not_found);
    on.forget_up_to(10);
    CHECK(ask(9, 1).error() == Errc::not_found);
    CHECK(ask(10, 1).has_value());

    const auto nothing = ask(50, 100);
    REQUIRE(nothing);
    CHECK(nothing->count == 0);
    CHECK(nothing->head == 50);

    std::optional<Result<Broadcaster::Changes>> waited;
    asio::co_spawn(on.io, on.broadcaster.changes_after(50, 100, on.clock.now() + 10s),
                   [&](std::exception_ptr, Result<Broadcaster::Changes> changes) { waited = std::move(changes); });
    on.settle();
    CHECK_FALSE(waited);
    on.change();
    REQUIRE(waited);
    REQUIRE(*waited);
    CHECK(seqs(**waited) == "51 ");
}
