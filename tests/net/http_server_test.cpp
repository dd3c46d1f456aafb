#include "net/server_on_pipes.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string post(std::string_view body, std::string_view fields = {}) {
    return "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string{fields} + "\r\n" + std::string{body};
}

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("a request is answered with date, length and body, and the connection kept", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    const auto answer = on.exchange(*client, post("{\"a\":1}"));
    CHECK(answer ==
          "HTTP/1.1 200 OK\r\nDate: Mon, 20 Jan 2025 12:00:00 GMT\r\nContent-Type: text/plain\r\n"
          "Content-Length: 18\r\n\r\nPOST /hook {\"a\":1}");
    CHECK(statuses(on.exchange(*client, get)) == std::vector{200});
    CHECK_FALSE(client->is_ended());
    CHECK(on.handler.handled.at(0).peer == "192.0.2.1");
}

TEST_CASE("a request may come byte by byte", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    std::string answer;
    for (const char c : post("hello")) answer += on.exchange(*client, {&c, 1});
    CHECK(statuses(answer) == std::vector{200});
    CHECK(on.handler.handled.at(0).body == "hello");
}

TEST_CASE("pipelined requests are answered in their order", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    const auto answers = on.exchange(*client, post("first") + get + post("third"));
    CHECK(statuses(answers) == std::vector{200, 200, 200});
    CHECK(answers.find("first") < answers.find("GET /"));
    CHECK(answers.find("GET /") < answers.find("third"));
}

TEST_CASE("a chunked body arrives whole, and its trailer is no field", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    const auto answer = on.exchange(*client,
                                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n" +
                                        get);
    CHECK(statuses(answer) == std::vector{200, 200});
    CHECK(on.handler.handled.at(0).body == "Wikipedia");
    CHECK_FALSE(on.handler.handled.at(0).fields.has("X-Forwarded-For"));
}

TEST_CASE("HEAD is answered without a body, 204 without a length", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    const auto head = on.exchange(*client, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(has(head, "Content-Length: 7\r\n"));
    CHECK(head.ends_with("\r\n\r\n"));
    const auto nothing = on.exchange(*client, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(has(nothing, "204 No Content"));
    CHECK_FALSE(has(nothing, "Content-Length"));
    CHECK(nothing.ends_with("\r\n\r\n"));
}

TEST_CASE("whether the connection stays open follows version and Connection", "[net][http]") {
    struct Case {
        std::string request;
        bool kept;
        std::string_view field;
    };
    const auto [request, kept, field] = GENERATE(values<Case>({
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, ""},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, "Connection: close"},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false, "Connection: close"},
        {"GET / HTTP/1.0\r\n\r\n", false, "Connection: close"},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, "Connection: keep-alive"},
    }));
    ServerOnPipes on;
    const auto client = on.connect();
    const auto answer = on.exchange(*client, request);
    CAPTURE(request, answer);
    CHECK(statuses(answer) == std::vector{200});
    CHECK(has(answer, field));
    CHECK(client->is_ended() != kept);
}

TEST_CASE("of an absolute target the path counts, and its authority is the Host", "[net][http]") {
    struct Case {
        std::string line, target, host;
    };
    for (const auto& [line, target, host] : std::vector<Case>{
             {"GET http://shop.example:5000/a?b=c HTTP/1.1", "/a?b=c", "shop.example:5000"},
             {"GET HTTPS://shop.example HTTP/1.1", "/", "shop.example"},
             {"GET http://shop.example?b HTTP/1.1", "/?b", "shop.example"},
             {"GET http://[2001:db8::1]/x HTTP/1.1", "/x", "[2001:db8::1]"},
             {"GET http://shop.example/x HTTP/1.0", "/x", "shop.example"},
             {"OPTIONS http://shop.example HTTP/1.1", "*", "shop.example"},
             {"OPTIONS http://shop.example/ HTTP/1.1", "/", "shop.example"},
             {"GET //other.example/x HTTP/1.1", "//other.example/x", "a"},
         }) {
        ServerOnPipes on;
        const auto client = on.connect();
        INFO(line);
        CHECK(statuses(on.exchange(*client, line + "\r\nHost: a\r\n\r\n")) == std::vector{200});
        CHECK(on.handler.handled.at(0).target == target);
        CHECK(on.handler.handled.at(0).fields.get("Host") == host);
        CHECK(on.handler.handled.at(0).fields.count("Host") == 1);
    }
}

TEST_CASE("pipelined requests cost no more than one buffer, however many come", "[net][http]") {
    ServerOnPipes on;
    Event gate{on.io.get_executor()};
    on.handler.gate = &gate;
    const auto client = on.connect();
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    client->put(many);
    on.settle();
    CHECK(on.handler.judged.size() == 1);  // the next is looked at when this one is answered
    std::string answers;
    for (int i = 0; i < 1000; ++i) {
        gate.notify_all();
        answers += on.exchange(*client, "");
    }
    CHECK(statuses(answers) == std::vector<int>(1000, 200));
}

TEST_CASE("the body is asked for only after the header was judged", "[net][http]") {
    ServerOnPipes on;
    const auto head = "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    SECTION("accepted") {
        const auto client = on.connect();
        CHECK(on.exchange(*client, head) == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(statuses(on.exchange(*client, "hello")) == std::vector{200});
    }
    SECTION("refused") {
        on.handler.verdict = on.handler.refuse(401, "who are you?");
        const auto client = on.connect();
        const auto answer = on.exchange(*client, head);
        CHECK(statuses(answer) == std::vector{401});
        CHECK(has(answer, "Connection: close"));
        CHECK(on.handler.handled.empty());
    }
}

TEST_CASE("a small refused body is skipped and the connection kept", "[net][http]") {
    ServerOnPipes on;
    on.handler.verdict = on.handler.refuse(401, "no");
    const auto client = on.connect();
    const auto answers = on.exchange(*client, post("GET / HTTP/1.1\r\n") + get);
    CHECK(statuses(answers) == std::vector{401, 401});
    CHECK(on.handler.judged == std::vector<std::string>{"/hook", "/"});
    CHECK_FALSE(client->is_ended());
}

TEST_CASE("a body that is too large is refused before it is read, and a bounded rest drained", "[net][http]") {
    HttpLimits limits;
    limits.drain_bytes = 4000;
    ServerOnPipes on{limits};
    on.handler.limit = 10;

    SECTION("its length is said") {
        const auto client = on.connect();
        const auto answer = on.exchange(*client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
        CHECK(statuses(answer) == std::vector{413});
        CHECK(client->is_ended());  // no more will be sent; what we still send is read away
        on.exchange(*client, "hello world");
        CHECK(on.server.connections() == 1);
        on.exchange(*client, std::string(8000, 'x'));
        CHECK(on.server.connections() == 0);
    }
    SECTION("its chunks add up") {
        const auto client = on.connect();
        const auto answer = on.exchange(
            *client,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n");
        CHECK(statuses(answer) == std::vector{413});
    }
    SECTION("one within the limit passes") {
        const auto client = on.connect();
        CHECK(statuses(on.exchange(*client, post("0123456789"))) == std::vector{200});
    }
    CHECK(on.handler.handled.size() <= 1);
}

TEST_CASE("a large answer arrives whole through a narrow connection", "[net][http]") {
    ServerOnPipes on;
    on.handler.large = std::string(300'000, 'x') + "end";
    const auto client = on.connect(1000);
    const auto answer = on.exchange(*client, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(has(answer, "Content-Length: 300003\r\n"));
    CHECK(answer.size() - answer.find("\r\n\r\n") - 4 == 300'003);
    CHECK(answer.ends_with("xend"));
}

TEST_CASE("what a handler throws is logged and answered with 500", "[net][http]") {
    ServerOnPipes on;
    on.handler.throws = true;
    const auto client = on.connect();
    CHECK(statuses(on.exchange(*client, get)) == std::vector{500});
    CHECK(on.log.has("a bug"));
}

TEST_CASE("a line break in a field's value can't begin another field", "[net][http]") {
    HttpResponse response;
    response.status = 101;
    response.fields.add("X", "a\r\nSet-Cookie: b");
    CHECK(head_of(response) == "HTTP/1.1 101 Switching Protocols\r\nX: a  Set-Cookie: b\r\n\r\n");
}

TEST_CASE("a connection that leaves HTTP is handed over with what was already read", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    const auto answer = on.exchange(*client, "GET /upgrade HTTP/1.1\r\nHost: a\r\n\r\nearly ");
    CHECK(answer == "left HTTP");
    on.exchange(*client, "late");
    CHECK(on.handler.taken_over == "early late");
    CHECK(on.server.connections() == 0);

    const auto other = on.connect();
    CHECK(statuses(on.exchange(*other, "GET /upgrade HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")) ==
          std::vector{400});
}

TEST_CASE("deadlines are absolute: bytes that trickle in put none off", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();

    SECTION("of the header: 408") {
        std::string answer = on.exchange(*client, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 0; i < 11 && answer.empty(); ++i) {
            answer += on.exchange(*client, "X: y\r\n");
            on.advance(1s);
        }
        answer += on.exchange(*client, "");
        CHECK(statuses(answer) == std::vector{408});
    }
    SECTION("of the body: 408") {
        on.exchange(*client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
        on.advance(19s);
        CHECK(on.exchange(*client, "x").empty());
        on.advance(2s);
        CHECK(statuses(on.exchange(*client, "")) == std::vector{408});
        CHECK(on.handler.handled.empty());
    }
    SECTION("of a body that comes too slowly, or for too long: 408") {
        on.handler.limit = 1'000'000;
        on.exchange(*client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        const bool steady = GENERATE(true, false);
        int seconds = 0;
        for (; on.exchange(*client, std::string(steady ? 9000 : 4000, 'x')).empty(); ++seconds) on.advance(1s);
        CHECK(seconds > (steady ? 58 : 36));  // 4,000 of 8,192 bytes a second: 20 s behind after 39
        CHECK(seconds < (steady ? 62 : 42));
    }
    SECTION("of an idle connection: closed without a word") {
        on.exchange(*client, get);
        on.advance(74s);
        CHECK(on.server.connections() == 1);
        on.advance(2s);
        CHECK(on.exchange(*client, "").empty());
        CHECK(on.server.connections() == 0);
    }
    SECTION("of an answer that nobody reads: 20 s and what its bytes take at 8 kB/s") {
        on.handler.large = std::string(200 * 1024, 'x');
        client->put("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        on.advance(44s);
        CHECK(on.server.connections() == 1);
        on.advance(2s);
        CHECK(on.server.connections() == 0);
    }
    SECTION("none while a request is being worked on") {
        Event gate{on.io.get_executor()};
        on.handler.gate = &gate;
        on.exchange(*client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        on.advance(300s);
        gate.notify_all();
        CHECK(statuses(on.exchange(*client, "")) == std::vector{200});
    }
}

TEST_CASE("a stop ends idle connections at once and busy ones after their answer", "[net][http]") {
    ServerOnPipes on;
    const auto idle = on.connect();
    on.exchange(*idle, get);
    const auto busy = on.connect();
    on.exchange(*busy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nhal");

    bool ended = false;
    asio::co_spawn(on.io, on.doors.wind_down(3s), [&](std::exception_ptr) { ended = true; });
    on.settle();
    CHECK(idle->is_ended());
    CHECK_FALSE(ended);
    const auto answer = on.exchange(*busy, "f");
    CHECK(statuses(answer) == std::vector{200});
    CHECK(has(answer, "Connection: close"));
    busy->close();
    on.settle();
    CHECK(ended);
    CHECK(on.server.connections() == 0);
    CHECK(on.wind_down(1ms));
}

TEST_CASE("a handler that waits hears of the stop and its answer still goes out", "[net][http]") {
    ServerOnPipes on;
    Event gate{on.io.get_executor()};
    on.handler.gate = &gate;
    const auto client = on.connect();
    on.exchange(*client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    bool ended = false;
    asio::co_spawn(on.io, on.doors.wind_down(3s), [&](std::exception_ptr) { ended = true; });
    CHECK(statuses(on.exchange(*client, "")) == std::vector{503});
    client->close();
    on.settle();
    CHECK(ended);
    CHECK(on.wind_down(1ms));
}
