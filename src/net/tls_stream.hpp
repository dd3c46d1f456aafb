#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>

struct ssl_st;

namespace stockcast {

/// TLS over TCP, either end; a handshake comes first. OpenSSL works on the socket itself, without the two pairs of 17 kB
/// that asio::ssl::stream keeps for each connection: a quiet one costs some 10 kB. A cancelled read leaves the stream
/// usable; after a cancelled write only close() makes sense, since half a record may be out.
class TlsStream final : public ByteStream {
public:
    TlsStream(asio::ip::tcp::socket socket, asio::ssl::context& context);
    ~TlsStream() override;

    void start_server_handshake(Done done);
    /// Sends `host` as SNI (unless it is an address) and demands a certificate for it.
    void start_client_handshake(const std::string& host, Done done);
    /// Why the peer's certificate was refused; empty when it was not.
    std::string verification_failure() const;

    asio::any_io_executor get_executor() override { return socket_.get_executor(); }
    void start_read(asio::mutable_buffer into, Done done) override;
    void start_write(std::span<const asio::const_buffer> from, Done done) override;
    std::size_t read_now(asio::mutable_buffer into, error_code& ec) override;
    std::size_t write_now(std::span<const asio::const_buffer> from) override;
    std::size_t must_follow() const override { return 16'384; }  // a record's most (RFC 8446, 5.1)
    void bound_unsent(std::size_t bytes) noexcept override;
    std::size_t unacknowledged() noexcept override;
    std::chrono::milliseconds without_room() noexcept override;
    void close() noexcept override;
    /// Our goodbye; then waits for the other end to close, and reads away what it still sends up to then: closing with
    /// bytes unread would reset the connection, and the reset can overtake our last answer.
    void start_shutdown(Done done) override;
    std::string peer_address() const override { return peer_; }
    bool is_secure() const override { return true; }

private:
    template <class Step>
    struct Attempt;
    template <class Step>
    void start(Step step, Done done);

    asio::ip::tcp::socket socket_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    std::string peer_;
};

}  // namespace stockcast
