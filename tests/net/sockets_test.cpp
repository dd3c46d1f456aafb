// The server and the client over real sockets on the loopback: what a pipe can't show.
#include "net/certificate.hpp"
#include "net/server_on_pipes.hpp"

#include "stockcast/base/offload.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_client.hpp"
#include "stockcast/net/tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include <functional>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {

/// A listening server and the means to reach it; real time, since sockets have no other.
struct Network {
    explicit Network(HttpLimits limits = {}, std::shared_ptr<TlsServerContext> tls = nullptr)
        : server(io.get_executor(), {"127.0.0.1", 0}, std::move(limits), handler, std::move(tls), clock, log),
          doors(io.get_executor(), clock, log) {
        doors.spawn("listener", server.run(doors));
    }

    /// Runs `work` to its end, then stops the server: a connection that would not end shows as a hang.
    void run(asio::awaitable<void> work) { test::run(io, then_stop(std::move(work))); }
    asio::awaitable<void> then_stop(asio::awaitable<void> work) {
        std::exception_ptr thrown;
        try {
            co_await std::move(work);
        } catch (...) {
            thrown = std::current_exception();
        }
        co_await doors.wind_down(5s);
        if (thrown) std::rethrow_exception(thrown);
    }
    tcp::endpoint address() const { return {asio::ip::address_v4::loopback(), server.port()}; }
    Steady soon() const { return clock.now() + 10s; }

    asio::io_context io;
    SystemClock clock;
    RecordingLog log;
    ScriptedHandler handler;
    ThreadWorkers workers{1};
    HttpServer server;
    TaskGroup doors;
};

std::shared_ptr<TlsServerContext> serving(const Certificate& files) {
    static const SystemClock clock;
    return std::make_shared<TlsServerContext>(files.cert_file, files.key_file, clock);
}

asio::awaitable<tcp::socket> dial(Network& net) {
    tcp::socket socket{net.io};
    co_await socket.async_connect(net.address(), asio::use_awaitable);
    co_return std::move(socket);
}

/// Sends a request and reads until the other end closes.
asio::awaitable<std::string> read_all(tcp::socket& socket, std::string request) {
    auto [sent_ec, sent] = co_await socket.async_write_some(asio::buffer(request), as_value);
    (void)sent_ec;
    (void)sent;
    std::string all;
    for (;;) {
        std::array<char, 4096> piece;
        auto [ec, count] = co_await socket.async_read_some(asio::buffer(piece), as_value);
        all.append(piece.data(), count);
        if (ec) co_return all;
    }
}

const std::string get_and_close = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

HttpClient client_of(Network& net, Connector& connector, bool secure, std::string host = "127.0.0.1") {
    return HttpClient{connector, {secure, host, net.server.port()}, host, {}, net.clock};
}

asio::awaitable<void> expect_status(HttpClient& client, Steady deadline, int status) {
    HttpClientRequest request;
    request.target = "/path";
    auto answer = co_await client.exchange(request, deadline);
    REQUIRE(answer.has_value());
    CHECK(static_cast<int>(answer->status) == status);
    CHECK(answer->body == "GET /path ");
}

}  // namespace

TEST_CASE("the server speaks over TCP and takes a free port when asked for 0", "[net][sockets]") {
    Network net;
    REQUIRE(net.server.port() != 0);
    net.run([](Network& its_net) -> asio::awaitable<void> {
        auto socket = co_await dial(its_net);
        const auto answer = co_await read_all(socket, get_and_close);
        CHECK(statuses(answer) == std::vector{200});
        CHECK(its_net.handler.handled.at(0).peer == "127.0.0.1");
    }(net));
}

TEST_CASE("a port that is taken is refused with its name", "[net][sockets]") {
    Network net;
    const auto taken = net.server.port();
    CHECK_THROWS_WITH(
        (HttpServer{net.io.get_executor(), {"127.0.0.1", taken}, {}, net.handler, nullptr, net.clock, net.log}),
        Catch::Contains("127.0.0.1:" + std::to_string(taken)));
    net.run([]() -> asio::awaitable<void> { co_return; }());
}

TEST_CASE("one address gets so many connections, then 503", "[net][sockets]") {
    HttpLimits limits;
    limits.connections_per_address_max = 2;
    SECTION("as a rule") {
        Network net{limits};
        net.run([](Network& its_net) -> asio::awaitable<void> {
            auto first = co_await dial(its_net);
            auto second = co_await dial(its_net);
            auto third = co_await dial(its_net);
            const auto refused = co_await read_all(third, get_and_close);
            CHECK(statuses(refused) == std::vector{503});
            const auto served = co_await read_all(first, get_and_close);
            CHECK(statuses(served) == std::vector{200});
            first.close();

            // The room that the first one leaves is seen as soon as the server has noticed.
            for (int status = 503; status == 503;) {
                auto again = co_await dial(its_net);
                status = statuses(co_await read_all(again, get_and_close)).at(0);
            }
        }(net));
    }
    SECTION("but not a trusted proxy") {
        limits.is_address_exempt = [](std::string_view address) { return address == "127.0.0.1"; };
        Network net{limits};
        net.run([](Network& its_net) -> asio::awaitable<void> {
            auto first = co_await dial(its_net);
            auto second = co_await dial(its_net);
            auto third = co_await dial(its_net);
            const auto served = co_await read_all(third, get_and_close);
            CHECK(statuses(served) == std::vector{200});
        }(net));
    }
}

TEST_CASE("at the limit of all connections new ones wait until one ends", "[net][sockets]") {
    HttpLimits limits;
    limits.connections_max = 1;
    Network net{limits};
    net.run([](Network& its_net) -> asio::awaitable<void> {
        auto first = co_await dial(its_net);
        auto second = co_await dial(its_net);  // in the backlog
        std::string request = get_and_close;
        co_await second.async_write_some(asio::buffer(request), asio::use_awaitable);
        const auto served = co_await read_all(first, get_and_close);
        CHECK(statuses(served) == std::vector{200});
        CHECK(second.available() == 0);
        first.close();
        const auto waited = co_await read_all(second, "");
        CHECK(statuses(waited) == std::vector{200});
    }(net));
}

TEST_CASE("the client keeps its connection over TLS, by address and by name", "[net][sockets][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "own", "IP:127.0.0.1,DNS:localhost");
    Network net{{}, serving(files)};
    const auto trust = std::make_shared<TlsClientContext>(files.cert_file);
    const auto connector = make_connector(trust, net.workers, net.clock, net.log);
    const std::string host = GENERATE("127.0.0.1", "localhost");
    auto client = client_of(net, *connector, true, host);

    net.run([](Network& its_net, HttpClient& its_client) -> asio::awaitable<void> {
        co_await expect_status(its_client, its_net.soon(), 200);
        co_await expect_status(its_client, its_net.soon(), 200);
        CHECK(its_net.server.connections() == 1);
        CHECK(its_net.handler.handled.at(0).secure);
    }(net, client));
}

TEST_CASE("the client refuses a certificate that is another's or that nothing trusted vouches for",
          "[net][sockets][tls]") {
    const TemporaryDirectory directory;
    const auto other_name = make_certificate(directory, "other", "DNS:shop.example");
    const auto own = make_certificate(directory, "own", "IP:127.0.0.1");
    struct Case {
        Certificate served;
        std::string trusted;
        std::string_view reason;
    };
    const std::vector<Case> cases{{other_name, other_name.cert_file, "mismatch"},
                                  {own, other_name.cert_file, "self-signed certificate"}};
    for (const auto& [served, trusted, reason] : cases) {
        Network net{{}, serving(served)};
        const auto connector =
            make_connector(std::make_shared<TlsClientContext>(trusted), net.workers, net.clock, net.log);
        auto client = client_of(net, *connector, true);
        net.run([](Network& its_net, HttpClient& its_client) -> asio::awaitable<void> {
            auto answer = co_await its_client.exchange({}, its_net.soon());
            REQUIRE_FALSE(answer.has_value());
            CHECK(answer.error().reason == Errc::closed);
            CHECK_FALSE(answer.error().sent);
        }(net, client));
        INFO(reason);
        CHECK(net.log.has(reason));
    }
}

TEST_CASE("a peer that is silent in the handshake is cut off by both sides' deadlines", "[net][sockets][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "own", "IP:127.0.0.1");
    HttpLimits limits;
    limits.tls_handshake = 50ms;
    Network net{limits, serving(files)};
    const auto connector =
        make_connector(std::make_shared<TlsClientContext>(files.cert_file), net.workers, net.clock, net.log);
    net.run([](Network& its_net, Connector& its_connector) -> asio::awaitable<void> {
        auto silent = co_await dial(its_net);
        const auto nothing = co_await read_all(silent, "");
        CHECK(nothing.empty());

        tcp::acceptor mute{its_net.io, {asio::ip::address_v4::loopback(), 0}};
        auto stream = co_await its_connector.connect({true, "127.0.0.1", mute.local_endpoint().port()},
                                                     its_net.clock.now() + 50ms);
        REQUIRE_FALSE(stream.has_value());
        CHECK(stream.error() == Errc::timed_out);
    }(net, *connector));
}

TEST_CASE("one address gets so many handshakes a second, the others wait", "[net][sockets][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "own", "IP:127.0.0.1");
    HttpLimits limits;
    limits.handshakes_per_second = 10;
    limits.handshakes_burst = 2;
    limits.tls_handshake = 1s;
    Network net{limits, serving(files)};
    const auto connector =
        make_connector(std::make_shared<TlsClientContext>(files.cert_file), net.workers, net.clock, net.log);
    net.run([](Network& its_net, Connector& its_connector) -> asio::awaitable<void> {
        const auto start = its_net.clock.now();
        for (int i = 0; i < 5; ++i) {
            auto stream = co_await its_connector.connect({true, "127.0.0.1", its_net.server.port()}, its_net.soon());
            REQUIRE(stream.has_value());
        }
        CHECK(its_net.clock.now() - start >= 190ms);

        std::vector<tcp::socket> row;  // they say nothing, but hold their places
        for (int i = 0; i < 16; ++i) row.push_back(co_await dial(its_net));
        const auto dropped = co_await read_all(row.back(), "");
        CHECK(dropped.empty());
        CHECK(its_net.server.connections() > 5);  // the others still wait
    }(net, *connector));
}

TEST_CASE("a client that still sends over TLS when it is refused sees the answer", "[net][sockets][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "own", "IP:127.0.0.1");
    Network net{{}, serving(files)};
    net.handler.limit = 1000;
    const auto connector =
        make_connector(std::make_shared<TlsClientContext>(files.cert_file), net.workers, net.clock, net.log);
    net.run([](Network& its_net, Connector& its_connector) -> asio::awaitable<void> {
        auto stream = co_await its_connector.connect({true, "127.0.0.1", its_net.server.port()}, its_net.soon());
        REQUIRE(stream.has_value());
        const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n";
        auto sent = co_await write_all(**stream, request + std::string(3'000'000, 'x'));
        CHECK(sent.has_value());
        std::string answer(10'000, '\0');
        auto count = co_await read_some(**stream, asio::buffer(answer));
        REQUIRE(count.has_value());
        CHECK(statuses(answer.substr(0, *count)) == std::vector{413});
    }(net, *connector));
}

TEST_CASE("where nobody listens and what nobody knows is `closed`", "[net][sockets]") {
    Network net;
    const auto connector = make_connector(nullptr, net.workers, net.clock, net.log);
    net.run([](Network& its_net, Connector& its_connector) -> asio::awaitable<void> {
        tcp::acceptor gone{its_net.io, {asio::ip::address_v4::loopback(), 0}};
        const auto port = gone.local_endpoint().port();
        gone.close();
        auto refused = co_await its_connector.connect({false, "127.0.0.1", port}, its_net.soon());
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error() == Errc::closed);

        auto unknown = co_await its_connector.connect({false, "no-such-host.invalid", 80}, its_net.soon());
        REQUIRE_FALSE(unknown.has_value());
        CHECK(unknown.error() == Errc::closed);
    }(net, *connector));
    CHECK(net.log.has("no-such-host.invalid"));
}

TEST_CASE("the wait for a name that does not resolve ends at the deadline", "[net][sockets]") {
    /// Takes jobs and never runs them: DNS that hangs.
    struct HangingWorkers final : Workers {
        std::vector<std::function<void()>> jobs;
        void post(std::function<void()> job) override { jobs.push_back(std::move(job)); }
    };
    HangingWorkers workers;
    asio::io_context io;
    ManualClock clock;
    RecordingLog log;
    {
        const auto connector = make_connector(nullptr, workers, clock, log);
        const auto ask = [](Connector& its_connector, Steady deadline) -> asio::awaitable<void> {
            auto stream = co_await its_connector.connect({false, "localhost", 1}, deadline);
            REQUIRE_FALSE(stream.has_value());
            CHECK(stream.error() == Errc::timed_out);
        };
        run(io, clock, ask(*connector, clock.now() + 2s));
        run(io, clock, ask(*connector, clock.now() + 2s));
        CHECK(workers.jobs.size() == 1);  // one look-up a name, however many ask
    }
    workers.jobs.at(0)();  // ends long after the connector: nothing may be touched
    run_until_idle(io);
}
