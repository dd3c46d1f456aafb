#include "stockcast/net/http_client.hpp"

#include "support/manual_clock.hpp"
#include "support/pipe_stream.hpp"
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <deque>
#include <optional>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

/// Hands out pipes; the test plays the server on the other ends.
class PipeConnector final : public Connector {
public:
    explicit PipeConnector(asio::io_context& io) : io_(io) {}
    asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Endpoint, Steady) override {
        if (refuses) co_return Errc::closed;
        auto [client, server] = PipeStream::make(io_.get_executor());
        servers.push_back(std::move(server));
        co_return std::move(client);
    }
    std::deque<std::unique_ptr<PipeStream>> servers;
    bool refuses = false;

private:
    asio::io_context& io_;
};

using Outcome = boost::system::result<HttpResponse, HttpClientFailure>;

struct Fixture {
    asio::io_context io;
    ManualClock clock;
    PipeConnector connector{io};
    HttpClient client{connector, {true, "api.example", 443}, "api.example", {4096, 10'000}, clock};
    std::optional<Outcome> outcome;

    void start(HttpClientRequest request = {"GET", "/v1/products", {}, {}}) {
        outcome.reset();
        asio::co_spawn(io, client.exchange(std::move(request), clock.now() + 30s),
                       [this](std::exception_ptr thrown, Outcome its_outcome) {
                           REQUIRE_FALSE(thrown);
                           outcome = std::move(its_outcome);
                       });
        settle();
    }
    void settle() { run_until_idle(io); }
    PipeStream& server(std::size_t n = 0) { return *connector.servers.at(n); }
    void answer(std::string_view bytes, std::size_t n = 0) {
        server(n).put(bytes);
        settle();
    }
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

}  // namespace

TEST_CASE("a request carries Host and, where it has a body, its length", "[net][client]") {
    Fixture on;
    on.start();
    CHECK(on.server().take() == "GET /v1/products HTTP/1.1\r\nHost: api.example\r\n\r\n");
    on.answer(ok);

    HttpClientRequest post{"POST", "/auth", {}, "{}"};
    post.fields.add("Content-Type", "application/json");
    on.start(post);
    CHECK(on.server().take() ==
          "POST /auth HTTP/1.1\r\nHost: api.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

    on.answer(ok);
    on.start({"GET", "/", {}, "SIIGO refuses a GET with a body"});
    CHECK(on.server().take() == "GET / HTTP/1.1\r\nHost: api.example\r\n\r\n");
    on.answer(ok);
}

TEST_CASE("answers are understood in every framing, whole or byte by byte", "[net][client]") {
    struct Case {
        std::string bytes;
        int status;
        std::string body;
        bool kept;
    };
    const std::vector<Case> cases{
        {ok, 200, "hi", true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x\r\n!!!\r\n0\r\nT: r\r\n\r\n", 200,
         "hi!!!", true},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + ok, 200, "hi", true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", true},
        {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 500, "", false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false},
    };
    for (const auto& [bytes, status, body, kept] : cases) {
        for (const std::size_t piece : {bytes.size(), std::size_t{1}}) {
            Fixture on;
            on.start();
            for (std::size_t at = 0; at < bytes.size(); at += piece)
                on.answer(std::string_view{bytes}.substr(at, piece));
            INFO(bytes << " by " << piece);
            REQUIRE(on.outcome);
            REQUIRE(on.outcome->has_value());
            CHECK(static_cast<int>((*on.outcome)->status) == status);
            CHECK((*on.outcome)->body == body);
            on.start();
            CHECK(on.connector.servers.size() == (kept ? 1U : 2U));
            on.client.close();
            on.settle();
        }
    }
}

TEST_CASE("a body without a length ends with the connection", "[net][client]") {
    Fixture on;
    on.start();
    on.answer("HTTP/1.1 200 OK\r\n\r\nall of");
    CHECK_FALSE(on.outcome);
    on.answer(" it");
    on.server().put_end();
    on.settle();
    REQUIRE(on.outcome);
    REQUIRE(on.outcome->has_value());
    CHECK((*on.outcome)->body == "all of it");
}

TEST_CASE("the answer to a HEAD has no body whatever its length says", "[net][client]") {
    Fixture on;
    on.start({"HEAD", "/", {}, {}});
    on.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    REQUIRE(on.outcome);
    CHECK(on.outcome->has_value());
}

TEST_CASE("an answer that is cut off, garbled or too large is a failure", "[net][client]") {
    struct Case {
        std::string bytes;
        Errc reason;
    };
    const std::vector<Case> cases{
        {"", Errc::closed},
        {"HTTP/1.1 200", Errc::closed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal", Errc::closed},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Errc::closed},
        {"<html>gateway</html>", Errc::malformed},
        {"HTTP/1.1 abc OK\r\n\r\n", Errc::malformed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", Errc::malformed},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Errc::malformed},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", Errc::malformed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n", Errc::out_of_bounds},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n" + std::string(10'001, 'x') + "\r\n",
         Errc::out_of_bounds},
        {"HTTP/1.1 200 OK\r\n\r\n" + std::string(10'001, 'x'), Errc::out_of_bounds},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", Errc::out_of_bounds},
    };
    for (const auto& [bytes, reason] : cases) {
        Fixture on;
        on.start({"POST", "/", {}, "x"});
        on.answer(bytes);
        on.server().put_end();
        on.settle();
        INFO(bytes.substr(0, 100));
        REQUIRE(on.outcome);
        REQUIRE(on.outcome->has_error());
        CHECK(on.outcome->error().reason == reason);
        CHECK(on.outcome->error().sent);
        CHECK_FALSE(on.outcome->error().detail.empty());
    }
}

TEST_CASE("a kept connection that has died is replaced once, for idempotent methods only", "[net][client]") {
    Fixture on;
    on.start();
    on.answer(ok);
    on.server().close();  // the server's idle time-out
    on.settle();

    SECTION("GET") {
        on.start();
        REQUIRE(on.connector.servers.size() == 2);
        on.answer(ok, 1);
        REQUIRE(on.outcome);
        CHECK(on.outcome->has_value());
    }
    SECTION("POST: it may have been carried out") {
        on.start({"POST", "/", {}, "x"});
        REQUIRE(on.outcome);
        REQUIRE(on.outcome->has_error());
        CHECK(on.outcome->error().reason == Errc::closed);
        CHECK(on.connector.servers.size() == 1);
    }
    SECTION("and only once") {
        on.start();
        on.server(1).close();
        on.settle();
        REQUIRE(on.outcome);
        CHECK(on.outcome->has_error());
        CHECK(on.connector.servers.size() == 2);
    }
}

TEST_CASE("bytes behind an answer end the connection: they belong to nothing that was asked", "[net][client]") {
    Fixture on;
    on.start();
    on.answer(ok + "HTTP/1.1 200 OK\r\n");
    on.start();
    CHECK(on.connector.servers.size() == 2);
    on.client.close();
    on.settle();
}

TEST_CASE("no answer until the deadline is timed_out, and the next request gets a new connection", "[net][client]") {
    Fixture on;
    on.start();
    on.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    on.clock.advance(on.io, 31s);
    REQUIRE(on.outcome);
    REQUIRE(on.outcome->has_error());
    CHECK(on.outcome->error().reason == Errc::timed_out);
    CHECK(on.outcome->error().sent);
    on.start();
    on.answer(ok, 1);
    REQUIRE(on.outcome);
    CHECK(on.outcome->has_value());
}

TEST_CASE("without a connection nothing was sent", "[net][client]") {
    Fixture on;
    on.connector.refuses = true;
    on.start();
    REQUIRE(on.outcome);
    REQUIRE(on.outcome->has_error());
    CHECK(on.outcome->error().reason == Errc::closed);
    CHECK_FALSE(on.outcome->error().sent);
}

TEST_CASE("a second request waits for the first one's answer", "[net][client]") {
    Fixture on;
    on.start();
    std::optional<Outcome> second;
    asio::co_spawn(on.io, on.client.exchange({"GET", "/second", {}, {}}, on.clock.now() + 30s),
                   [&](std::exception_ptr, Outcome outcome) { second = std::move(outcome); });
    on.settle();
    CHECK(on.server().take().find("/second") == std::string::npos);
    on.answer(ok);
    CHECK(on.server().take().find("/second") != std::string::npos);
    on.answer(ok);
    REQUIRE(second);
    CHECK(second->has_value());
    CHECK(on.connector.servers.size() == 1);
}

TEST_CASE("addresses are taken apart as RFC 3986 says", "[net][client]") {
    struct Case {
        std::string text;
        bool secure;
        std::string host;
        int port;
        std::string path;
        std::string host_field;
    };
    for (const auto& [text, secure, host, port, path, host_field] : std::vector<Case>{
             {"https://api.siigo.com", true, "api.siigo.com", 443, "", "api.siigo.com"},
             {"https://api.siigo.com/", true, "api.siigo.com", 443, "", "api.siigo.com"},
             {"HTTP://127.0.0.1:8080/base/", false, "127.0.0.1", 8080, "/base", "127.0.0.1:8080"},
             {"https://[::1]:5000/a", true, "::1", 5000, "/a", "[::1]:5000"},
             {"http://localhost:80", false, "localhost", 80, "", "localhost"},
         }) {
        const auto url = HttpUrl::parse(text);
        INFO(text);
        REQUIRE(url);
        CHECK(url->endpoint == Endpoint{secure, host, static_cast<std::uint16_t>(port)});
        CHECK(url->path == path);
        CHECK(url->host_field() == host_field);
    }
    for (const std::string text :
         {"", "api.siigo.com", "ftp://a", "https://", "https://:5", "https://a:0", "https://a:99999", "https://a:b",
          "https://u@a", "https://a?b", "https://a/b c", "https://a/#x", "https://[::1"}) {
        INFO(text);
        CHECK_FALSE(HttpUrl::parse(text));
    }
}
