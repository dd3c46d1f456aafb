#include "stockcast/net/connector.hpp"

#include "net/resolver.hpp"
#include "net/stream_io.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_stream.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/within.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>

namespace stockcast {

using asio::ip::tcp;

namespace {

asio::awaitable<Result<void>> connect_socket(tcp::socket& socket, tcp::endpoint to) {
    auto [ec] = co_await socket.async_connect(to, as_value);
    if (ec == asio::error::operation_aborted) co_return Errc::stopping;
    if (ec) co_return Errc::closed;
    co_return Result<void>{};
}

asio::awaitable<Result<void>> handshake(TlsStream& stream, std::string host) {
    auto [ec, ignored] = co_await stream_io::initiate(
        [&](ByteStream::Done done) { stream.start_client_handshake(host, std::move(done)); }, as_value);
    (void)ignored;
    if (ec) co_return stream_io::rename(ec);
    co_return Result<void>{};
}

class TcpConnector final : public Connector {
public:
    TcpConnector(std::shared_ptr<TlsClientContext> tls, Workers& workers, Clock& clock, Log& log)
        : tls_(std::move(tls)), clock_(clock), log_(log), resolver_(workers, clock) {}

    asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Endpoint to, Steady deadline) override {
        auto addresses = co_await resolver_.resolve(to.host, deadline);
        if (!addresses) {
            if (addresses.error() == Errc::closed)
                log_.warning(Mark::none, {"No address is known for {host}", "No se conoce ninguna dirección de {host}"},
                             {{"host", to.host}});
            co_return addresses.error();
        }

        tcp::socket socket{co_await asio::this_coro::executor};
        auto connected = co_await connect_one_of(socket, *addresses, to.port, deadline);
        if (!connected) co_return connected.error();
        if (!to.secure) co_return std::make_unique<TcpStream>(std::move(socket));

        auto stream = std::make_unique<TlsStream>(std::move(socket), tls_->get());
        auto secured = co_await within(clock_, deadline, handshake(*stream, to.host));
        if (secured) co_return stream;
        if (secured.error() == Errc::timed_out || secured.error() == Errc::stopping) co_return secured.error();

        const auto refused = stream->verification_failure();
        log_.warning(Mark::none, {"TLS with {host} failed: {reason}", "Falló TLS con {host}: {reason}"},
                     {{"host", to.host}, {"reason", refused.empty() ? secured.error().message() : refused}});
        co_return Errc::closed;
    }

private:
    /// Each address gets its share of the time, so that one that swallows packets does not use up the others'.
    asio::awaitable<Result<void>> connect_one_of(tcp::socket& socket, Addresses addresses, std::uint16_t port,
                                                 Steady deadline) {
        error_code failure = Errc::closed;
        auto left = static_cast<int>(addresses.size());
        for (const auto& address : addresses) {
            const auto now = clock_.now();
            if (now >= deadline) co_return Errc::timed_out;
            const auto share = now + (deadline - now) / left--;

            error_code ignored;
            socket.close(ignored);  // a socket that failed to connect is no good for another try
            auto connected = co_await within(clock_, share, connect_socket(socket, {address, port}));
            if (connected) co_return connected;
            failure = connected.error();
            if (failure == Errc::stopping) break;
        }
        co_return failure;
    }

    std::shared_ptr<TlsClientContext> tls_;
    Clock& clock_;
    Log& log_;
    Resolver resolver_;
};

}  // namespace

std::unique_ptr<Connector> make_connector(std::shared_ptr<TlsClientContext> tls, Workers& workers, Clock& clock,
                                          Log& log) {
    return std::make_unique<TcpConnector>(std::move(tls), workers, clock, log);
}

}  // namespace stockcast
