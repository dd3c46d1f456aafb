#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace stockcast {

/// The kernel keeps at most about twice `bytes` (it counts its own overhead), and calls the socket writable again when
/// most of it has left.
void bound_unsent(asio::ip::tcp::socket& socket, std::size_t bytes) noexcept;
std::size_t unacknowledged(asio::ip::tcp::socket& socket) noexcept;

/// A plain TCP connection. An empty read waits until the socket is readable, so that an idle connection needs no
/// buffer.
class TcpStream final : public ByteStream {
public:
    /// `socket` is connected; TCP_NODELAY is set here, since every message of ours is written whole.
    explicit TcpStream(asio::ip::tcp::socket socket);

    asio::any_io_executor get_executor() override { return socket_.get_executor(); }
    void start_read(asio::mutable_buffer into, Done done) override;
    void start_write(std::span<const asio::const_buffer> from, Done done) override;
    std::size_t read_now(asio::mutable_buffer into, error_code& ec) override;
    std::size_t write_now(std::span<const asio::const_buffer> from) override;
    void bound_unsent(std::size_t bytes) noexcept override { stockcast::bound_unsent(socket_, bytes); }
    std::size_t unacknowledged() noexcept override { return stockcast::unacknowledged(socket_); }
    std::chrono::milliseconds without_room() noexcept override;
    void close() noexcept override;
    void start_shutdown(Done done) override;
    std::string peer_address() const override { return peer_; }
    bool is_secure() const override { return false; }

private:
    asio::ip::tcp::socket socket_;
    std::string peer_;
};

/// `203.0.113.7`, `2001:db8::1`; an IPv4 address that came over an IPv6 socket in its own form.
std::string address_text(const asio::ip::address& address);

}  // namespace stockcast
