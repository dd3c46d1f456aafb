// How a WebSocket session lives and ends: heartbeats, closing handshakes, bad clients.
#include "fanout/fixture.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

std::string close_payload(int code) {
    return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

}  // namespace

TEST_CASE("a quiet connection gets a heartbeat at the latest 25 s after the last message", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(7);
    auto& client = on.connect();
    client.heard();
    on.advance(23s);
    CHECK(client.heard().empty());
    on.advance(2s);
    CHECK(client.heard() == "heartbeat:7");
    on.advance(15s);
    on.change();
    on.advance(20s);
    CHECK(client.heard() == "change:8");  // a message is a sign of life too
    on.advance(5s);
    CHECK(client.heard() == "heartbeat:8");
}

TEST_CASE("a ping is answered, and of several only the newest must be", "[fanout]") {
    FanoutFixture on;
    auto& client = on.connect();
    client.heard();
    client.send_frame(0x89, "are you there");
    CHECK(client.heard() == "pong:are you there");
    client.send_frame(0x8a, "unasked");
    CHECK(client.heard().empty());
}

TEST_CASE("a client's close is answered with its code, and the connection ends", "[fanout]") {
    FanoutFixture on;
    auto& client = on.connect();
    client.heard();
    const auto [payload, heard] = GENERATE(table<std::string, std::string>(
        {{close_payload(1000), "close:1000"}, {close_payload(4000), "close:4000"}, {"", "close:1005"}}));
    client.send_frame(0x88, payload);
    CHECK(client.heard() == heard);
    CHECK(client.end->is_ended());
    CHECK(client.over);
    CHECK(on.broadcaster.sessions() == 0);
}

TEST_CASE("a connection that just ends, ends its session", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    auto& client = on.connect();
    client.hang_up();
    on.settle();
    CHECK(client.over);
    CHECK(on.broadcaster.sessions() == 0);
    CHECK(on.clock.sleepers() == 0);  // nothing of ours keeps the executor alive
    on.change();
}

TEST_CASE("what breaks the protocol is closed with its code", "[fanout]") {
    struct Case {
        int first_byte;
        std::string payload;
        std::string_view heard;
    };
    const auto [first_byte, payload, heard] = GENERATE(values<Case>({
        {0x82, "binary", "close:1003"},
        {0x83, "reserved", "close:1002"},
        {0x81, "\xff", "close:1007"},
        {0x81, std::string(65'000, ' '), "error"},
        {0x01, std::string(65'000, ' '), ""},
    }));
    FanoutFixture on;
    auto& client = on.connect();
    client.heard();
    client.send_frame(first_byte, payload);
    const auto first = client.heard();
    CHECK(first == heard);
    if (first_byte == 0x01) {
        client.send_frame(0x80, std::string(1000, ' '));
        CHECK(client.heard() == "close:1009");
    }
    if (first.starts_with("error")) return;
    on.change();
    CHECK(client.heard().empty());  // after a close frame nothing more is sent
    on.advance(3s);
    CHECK(client.over);  // though the other side never answers
}

TEST_CASE("bad messages are answered, too many of them close with 1008", "[fanout]") {
    BroadcasterSettings settings;
    settings.client_errors_max = 3;
    FanoutFixture on{settings};
    auto& client = on.connect();
    client.heard();
    for (int i = 0; i < 3; ++i) {
        client.say("hello?");
        CHECK(client.heard() == "error");
    }
    client.say(R"({"type":"subscribe"})");
    CHECK(client.heard() == "subscribed:0");
    client.say("hello?");
    CHECK(client.heard() == "close:1008");
}

TEST_CASE("a client that talks and does not read can't make us hold its answers for ever", "[fanout]") {
    FanoutFixture on;
    auto& client = on.connect({}, {}, 50);
    client.reads = false;
    for (int i = 0; i < 2000; ++i) client.say(R"({"type":"subscribe"})");
    client.reads = true;
    const auto heard = client.heard();
    CHECK_THAT(heard, Catch::EndsWith("close:1008"));
    CHECK(heard.size() < 20'000);
}

TEST_CASE("a client that takes nothing for 60 s is closed with 1013", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    auto& client = on.connect({}, {}, 100);
    client.reads = false;
    on.change(10);
    SECTION("and sees it when it reads at last") {
        on.advance(60s);
        client.reads = true;
        const auto heard = client.heard();
        CHECK_THAT(heard, Catch::EndsWith("close:1013"));
    }
    SECTION("and is cut off when it does not") {
        on.advance(59s);
        CHECK_FALSE(client.over);
        on.advance(4s);
        CHECK(client.over);
    }
    SECTION("but one that reads a little now and then is not") {
        for (int i = 0; i < 20; ++i) {
            on.change(10);
            on.advance(30s);
            client.end->take();
            on.settle();
        }
        CHECK_FALSE(client.over);
    }
    SECTION("but one whose system has room is waited for, as long as the kernel may take to send again what was lost") {
        client.end->have_had_room(0ms);
        on.advance(179s);
        CHECK_FALSE(client.over);
        client.end->take();
        on.settle();
        on.advance(179s);
        CHECK_FALSE(client.over);
        on.advance(4s);
        CHECK(client.over);
    }
    SECTION("and one whose system is silent too is not") {
        client.end->have_had_room(60s);
        on.advance(63s);
        CHECK(client.over);
    }
}

TEST_CASE("when its token ends, a session is closed with 4401", "[fanout]") {
    FanoutFixture on;
    auto& client = on.connect({}, on.clock.wall() + 10s);
    client.heard();
    on.advance(9s);
    CHECK(client.heard().empty());
    on.advance(2s);
    CHECK(client.heard() == "close:4401");
    client.send_frame(0x88, close_payload(4401));
    CHECK(client.over);
}

TEST_CASE("a stop closes with 1001 and waits for the answer, but not for ever", "[fanout]") {
    FanoutFixture on;
    on.change();
    auto& polite = on.connect();
    auto& silent = on.connect();
    polite.heard();
    silent.heard();
    on.stop(asio::cancellation_type::total);
    CHECK(polite.heard() == "close:1001");
    CHECK(silent.heard() == "close:1001");
    CHECK_FALSE(polite.over);
    polite.send_frame(0x88, close_payload(1001));
    CHECK(polite.over);
    CHECK_FALSE(silent.over);
    on.advance(2s);
    CHECK(silent.over);
    CHECK(on.clock.sleepers() == 0);
    CHECK(on.connect().heard() == "hello:1:epoch-1 close:1001");  // who comes now is told to come back
}

TEST_CASE("a terminal cancellation ends all sessions at once", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    auto& client = on.connect({}, {}, 100);
    client.reads = false;
    on.change(10);  // a write is under way
    on.stop(asio::cancellation_type::terminal);
    CHECK(client.over);
}

TEST_CASE("a session that ends while the log is read for it waits for the reading", "[fanout]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 1000;
    FanoutFixture on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(50);
    on.workers.held = true;
    auto& client = on.connect({0, ""});
    client.hang_up();
    on.settle();
    CHECK_FALSE(client.over);
    on.workers.run_one();
    on.settle();
    CHECK(client.over);
}

TEST_CASE("what came with the handshake is read first", "[fanout]") {
    asio::io_context io;
    ManualClock clock;
    RecordingLog log;
    MemoryStore store;
    StepWorkers workers;
    Broadcaster broadcaster{io.get_executor(), store, workers, clock, log, "e", 0, {}, {}};
    auto [client, server] = PipeStream::make(io.get_executor());
    const std::string ping{"\x89\x80\0\0\0\0", 6};
    const auto place = std::make_shared<const int>(0);
    broadcaster.serve_websocket({std::move(server), ping, place}, {}, {});
    run_until_idle(io);
    CHECK_THAT(client->take(), Catch::EndsWith(std::string{"\x8a\0", 2}));
    CHECK(place.use_count() == 2);
    client->close();
    run_until_idle(io);
    CHECK(place.use_count() == 1);
}
