// Writing and reading without waiting (ByteStream::write_now, read_now), over real sockets on the loopback.
#include "net/certificate.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_stream.hpp"
#include "support/run.hpp"

#include "stockcast/net/tls.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>

using namespace stockcast;
using namespace stockcast::test;
using asio::ip::tcp;

namespace {

struct Ends {
    std::unique_ptr<ByteStream> writer;
    std::unique_ptr<ByteStream> reader;
};

asio::awaitable<std::pair<tcp::socket, tcp::socket>> connected_sockets(asio::io_context& io) {
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket client{io};
    client.open(tcp::v4());
    error_code ec;
    client.connect(acceptor.local_endpoint(), ec);
    auto server = co_await acceptor.async_accept(asio::use_awaitable);
    co_return std::pair{std::move(server), std::move(client)};
}

asio::awaitable<void> shake_hands(TlsStream& server, TlsStream& client) {
    using namespace asio::experimental::awaitable_operators;
    const auto done = [](auto start) {
        return asio::async_initiate<const asio::use_awaitable_t<>&, void(error_code, std::size_t)>(
            [start](auto handler) { start(std::move(handler)); }, asio::use_awaitable);
    };
    co_await (
        done([&server](ByteStream::Done handler) { server.start_server_handshake(std::move(handler)); }) &&
        done([&client](ByteStream::Done handler) { client.start_client_handshake("127.0.0.1", std::move(handler)); }));
}

/// Bytes that tell where they stand.
std::string numbered(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; bytes.size() < size; ++i) bytes += std::to_string(i) + ' ';
    bytes.resize(size);
    return bytes;
}

std::span<const asio::const_buffer> only(const asio::const_buffer& buffer) {
    return {&buffer, 1};
}

asio::awaitable<std::string> read_until(ByteStream& stream, std::size_t size) {
    std::string all;
    std::array<char, 50'000> piece;
    while (all.size() < size) {
        error_code ec;
        const auto count = stream.read_now(asio::buffer(piece), ec);
        if (ec) throw boost::system::system_error{ec};
        all.append(piece.data(), count);
        if (count > 0) continue;
        const auto readable = co_await read_some(stream, {});
        if (!readable) throw boost::system::system_error{readable.error()};
    }
    co_return all;
}

/// The kernels have to tell each other first that the reader's buffer is full.
asio::awaitable<bool> has_no_room(ByteStream& writer) {
    asio::steady_timer timer{writer.get_executor()};
    for (int tries = 0; tries < 1'000; ++tries) {
        if (writer.without_room() == std::chrono::milliseconds::max()) co_return true;
        timer.expires_after(std::chrono::milliseconds{10});
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return false;
}

asio::awaitable<void> fill_and_finish(Ends& ends) {
    ends.writer->bound_unsent(64 * 1024);
    const auto bytes = numbered(8 << 20);

    // In pieces of several spans until nothing more is taken, then the rest by waiting writes.
    std::size_t sent = 0;
    for (;;) {
        const std::size_t piece = std::min<std::size_t>(bytes.size() - sent, 5'000);
        const std::array<asio::const_buffer, 2> spans{asio::buffer(bytes.data() + sent, piece / 3),
                                                      asio::buffer(bytes.data() + sent + piece / 3, piece - piece / 3)};
        const auto taken = ends.writer->write_now(spans);
        sent += taken;
        if (taken < piece) break;
    }
    CHECK(sent > 16'384);
    CHECK(sent < bytes.size());
    CHECK(ends.writer->write_now(only(asio::buffer(bytes.data() + sent, 16'384))) == 0);
    CHECK(ends.writer->unacknowledged() < 1'000'000);
    CHECK(co_await has_no_room(*ends.writer));

    using namespace asio::experimental::awaitable_operators;
    const auto rest = std::string_view{bytes}.substr(sent);
    auto [read, written] = co_await (read_until(*ends.reader, bytes.size()) && write_all(*ends.writer, rest));
    CHECK(written.has_value());
    CHECK(read == bytes);
    CHECK(ends.writer->without_room() < std::chrono::minutes{1});

    error_code ec;
    std::array<char, 10> nothing;
    CHECK(ends.reader->read_now(asio::buffer(nothing), ec) == 0);
    CHECK_FALSE(ec);
    ends.writer->close();
    const auto gone = co_await read_some(*ends.reader, {});
    static_cast<void>(gone);
    CHECK(ends.reader->read_now(asio::buffer(nothing), ec) == 0);
    CHECK(ec);
    CHECK(ends.writer->write_now(only(asio::buffer("x", 1))) == 0);
}

}  // namespace

TEST_CASE("what a socket takes at once and what it does not arrives whole, over TCP", "[net][sockets]") {
    asio::io_context io;
    run(io, [](asio::io_context& its_io) -> asio::awaitable<void> {
        auto [server, client] = co_await connected_sockets(its_io);
        Ends ends{std::make_unique<TcpStream>(std::move(server)), std::make_unique<TcpStream>(std::move(client))};
        co_await fill_and_finish(ends);
    }(io));
}

TEST_CASE("what a socket takes at once and what it does not arrives whole, over TLS", "[net][sockets][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "own", "IP:127.0.0.1");
    const SystemClock clock;
    TlsServerContext serving{files.cert_file, files.key_file, clock};
    TlsClientContext trusting{files.cert_file};
    asio::io_context io;
    run(io,
        [](asio::io_context& its_io, TlsServerContext& server_context,
           TlsClientContext& client_context) -> asio::awaitable<void> {
            auto [server, client] = co_await connected_sockets(its_io);
            auto serving_end = std::make_unique<TlsStream>(std::move(server), server_context.get());
            auto client_end = std::make_unique<TlsStream>(std::move(client), client_context.get());
            co_await shake_hands(*serving_end, *client_end);
            Ends ends{std::move(serving_end), std::move(client_end)};
            co_await fill_and_finish(ends);
        }(io, serving, trusting));
}
