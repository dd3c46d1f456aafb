#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace stockcast {

/// A plain TCP connection. An empty read waits until the socket is readable, so that an idle connection needs no
/// buffer.
class TcpStream final : public ByteStream {
public:
    /// `socket` is connected; TCP_NODELAY is set here, since every message of ours is written whole.
    explicit TcpStream(asio::ip::tcp::socket socket);

    asio::any_io_executor get_executor() override { return socket_.get_executor(); }
    void start_read(asio::mutable_buffer into, Done done) override;
    void start_write(std::span<const asio::const_buffer> from, Done done) override;
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
