// Answers whose body comes piece by piece (BodySource), and the least rate at which they must be read.
#include "net/pace.hpp"
#include "net/server_on_pipes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string_view body_of(std::string_view answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

const std::string get_stream = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("a streamed body goes out in chunks, and the connection is kept", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces = {"Wiki", "pedia in sixteen"};
    const auto client = on.connect();
    const auto answer = on.exchange(*client, get_stream);
    CHECK(has(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(has(answer, "Transfer-Encoding: chunked\r\n"));
    CHECK_FALSE(has(answer, "Content-Length"));
    CHECK(body_of(answer) == "4\r\nWiki\r\n10\r\npedia in sixteen\r\n0\r\n\r\n");
    CHECK(on.handler.script.is_over);
    CHECK(statuses(on.exchange(*client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == std::vector{200});
}

TEST_CASE("a streamed body without a piece is an empty one", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    CHECK(body_of(on.exchange(*client, get_stream)) == "0\r\n\r\n");
}

TEST_CASE("HTTP/1.0 gets a streamed body to the end of the connection", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces = {"Wiki", "pedia"};
    const auto client = on.connect();
    const auto answer = on.exchange(*client, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(has(answer, "Connection: close\r\n"));
    CHECK_FALSE(has(answer, "Transfer-Encoding"));
    CHECK_FALSE(has(answer, "Content-Length"));
    CHECK(body_of(answer) == "Wikipedia");
    CHECK(client->is_ended());
}

TEST_CASE("HEAD of a streamed answer gets its head, and nothing is made", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces = {"Wiki"};
    const auto client = on.connect();
    const auto answer = on.exchange(*client, "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(has(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(body_of(answer).empty());
    CHECK(on.handler.script.asked == 0);
    CHECK(on.handler.script.is_over);
    CHECK(statuses(on.exchange(*client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == std::vector{200});
}

TEST_CASE("a source that fails leaves the body without its end", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces = {"Wiki"};
    on.handler.script.fails = GENERATE(true, false);
    on.handler.script.throws = !on.handler.script.fails;
    const auto client = on.connect();
    const auto answer = on.exchange(*client, get_stream);
    CHECK(body_of(answer) == "4\r\nWiki\r\n");
    CHECK(client->is_ended());
    CHECK(on.server.connections() == 0);
    CHECK(on.log.has("had to be cut"));
}

TEST_CASE("a piece is made only when the one before was taken", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces.assign(50, std::string(1000, 'x'));
    const auto client = on.connect(2000);
    client->put(get_stream);
    on.settle();
    CHECK(on.handler.script.asked == 2);
    on.exchange(*client, "");
    CHECK(on.handler.script.asked == 51);
    CHECK(on.handler.script.is_over);
}

TEST_CASE("a client that vanishes ends the source", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces.assign(50, std::string(1000, 'x'));
    const auto client = on.connect(2000);
    client->put(get_stream);
    on.settle();
    CHECK_FALSE(on.handler.script.is_over);
    client->close();
    on.settle();
    CHECK(on.handler.script.is_over);
    CHECK(on.handler.script.asked < 5);
    CHECK(on.server.connections() == 0);
}

TEST_CASE("a stop lets a streamed answer go on to its end", "[net][http]") {
    ServerOnPipes on;
    Event gate{on.io.get_executor()};
    on.handler.script.pieces = {"Wiki", "pedia"};
    on.handler.script.gate = &gate;
    const auto client = on.connect();
    on.exchange(*client, get_stream);
    bool ended = false;
    asio::co_spawn(on.io, on.doors.wind_down(3s), [&](std::exception_ptr) { ended = true; });

    std::string answer;
    for (int i = 0; i < 3; ++i) {
        on.settle();
        gate.notify_all();
        answer += on.exchange(*client, "");
    }
    CHECK(body_of(answer) == "4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n");
    client->close();
    on.settle();
    CHECK(ended);
    CHECK(on.wind_down(1ms));
}

TEST_CASE("the patience of a stop ends a streamed answer that goes on for ever", "[net][http]") {
    ServerOnPipes on;
    on.handler.script.pieces.assign(50, std::string(1000, 'x'));
    const auto client = on.connect(2000);
    client->put(get_stream);
    on.settle();
    bool ended = false;
    asio::co_spawn(on.io, on.doors.wind_down(3s), [&](std::exception_ptr) { ended = true; });
    on.advance(2s);
    CHECK_FALSE(on.handler.script.is_over);
    on.advance(2s);
    CHECK(on.handler.script.is_over);
    CHECK(ended);
    CHECK(on.wind_down(1ms));
}

TEST_CASE("who reads steadily may take long, who stops reading is cut off", "[net][http]") {
    HttpLimits limits;
    limits.least_rate = 1000;
    limits.slack = 10s;
    ServerOnPipes on{limits};
    on.handler.script.pieces.assign(300, std::string(1000, 'x'));
    const auto client = on.connect(1000);
    client->put(get_stream);
    on.settle();

    SECTION("1,000 bytes a second for minutes") {
        for (int second = 0; second < 310 && !on.handler.script.is_over; ++second) {
            CHECK(on.server.connections() == 1);
            client->take();
            on.advance(1s);
        }
        CHECK(on.handler.script.is_over);
        CHECK(on.server.connections() == 1);
    }
    SECTION("a pause longer than the slack, however fast it was before") {
        for (int i = 0; i < 100; ++i) client->take(), on.settle();
        on.advance(10s);
        CHECK(on.server.connections() == 1);
        on.advance(2s);
        CHECK(on.server.connections() == 0);
        CHECK(on.handler.script.is_over);
    }
    SECTION("half the rate: cut when it is more than the slack behind") {
        int second = 0;
        for (; second < 310 && on.server.connections() == 1; ++second) {
            if (second % 2 == 0) client->take();
            on.advance(1s);
        }
        CHECK(second > 15);
        CHECK(second < 40);
    }
}

TEST_CASE("the time that a source takes is not held against the reader", "[net][http]") {
    ServerOnPipes on;
    Event gate{on.io.get_executor()};
    on.handler.script.pieces = {"a", "b", "c"};
    on.handler.script.gate = &gate;
    const auto client = on.connect();
    std::string answer = on.exchange(*client, get_stream);
    for (int i = 0; i < 4; ++i) {
        on.advance(60s);
        gate.notify_all();
        answer += on.exchange(*client, "");
    }
    CHECK(body_of(answer) == "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n");
}

TEST_CASE("a pace has slack, and no credit for a pause", "[net][http]") {
    const Steady start{1000s};
    Pace pace{1000, 10s};
    CHECK(pace.time_for(0) == 10s);
    CHECK(pace.time_for(5000) == 15s);

    CHECK(pace.offer(start, 2000) == start + 12s);
    pace.taken(start + 11s);  // nine seconds behind
    CHECK(pace.offer(start + 60s, 1000) == start + 60s + 2s);
    pace.taken(start + 60s);
    CHECK(pace.offer(start + 60s, 1'000'000) == start + 60s + 1002s);
    pace.taken(start + 61s);
    CHECK(pace.offer(start + 61s, 1000) == start + 61s + 11s);
}
