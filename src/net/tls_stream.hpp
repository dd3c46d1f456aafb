#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace stockcast {

/// TLS over TCP, either end. A handshake comes first; after a cancelled operation only close() makes sense.
class TlsStream final : public ByteStream {
public:
    TlsStream(asio::ip::tcp::socket socket, asio::ssl::context& context);

    void start_server_handshake(Done done);
    /// Sends `host` as SNI (unless it is an address) and demands a certificate for it.
    void start_client_handshake(const std::string& host, Done done);
    /// Why the peer's certificate was refused; empty when it was not.
    std::string verification_failure() const;

    asio::any_io_executor get_executor() override { return tls_.get_executor(); }
    void start_read(asio::mutable_buffer into, Done done) override;
    void start_write(std::span<const asio::const_buffer> from, Done done) override;
    void close() noexcept override;
    void start_shutdown(Done done) override;
    std::string peer_address() const override { return peer_; }
    bool is_secure() const override { return true; }

private:
    asio::ssl::stream<asio::ip::tcp::socket> tls_;
    std::string peer_;
};

}  // namespace stockcast
