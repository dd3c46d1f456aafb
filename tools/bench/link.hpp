#pragma once

#include "bench/socket.hpp"

#include "stockcast/net/connector.hpp"

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stockcast::bench {

/// A server that is connected to again and again: looked up once, and what is trusted of it read once.
struct Target {
    Address address;
    std::string host;
    std::string host_field;
    std::shared_ptr<SSL_CTX> tls;  ///< null: plain
};
/// `ca_file`: PEM, trusted for `https://`. Without one nothing is verified, and the server has to be on this machine.
/// Throws std::runtime_error.
Target target_of(const HttpUrl& url, const std::string& ca_file);

class ConnectionClosed : public std::runtime_error {
public:
    ConnectionClosed() : std::runtime_error("the server closed a connection") {}
};

/// A connection, plain or TLS, that never waits once it is connected. It is watched edge by edge: read until nothing
/// comes.
class Link {
public:
    struct Settings {
        std::size_t client = 0;  ///< its number: see bind_to_source()
        int receive_buffer = 0;  ///< bytes that the kernel keeps for it; 0: as many as it sees fit
        int epoll = -1;          ///< where it is watched,
        std::uint64_t tag = 0;   ///< under this
    };
    Link() = default;
    /// Connects; the TLS handshake comes with what is written and read. Throws std::system_error.
    Link(const Target& target, const Settings& settings);

    bool is_open() const { return socket_.get() >= 0; }
    /// What the socket does not take now goes with later reads. Throws ConnectionClosed.
    void write(std::string_view bytes);
    /// Bytes that came, 0 when there are none for now. Throws ConnectionClosed, or std::runtime_error where the server's
    /// certificate is not trusted.
    std::size_t read(std::span<char> into);
    /// After so many of so many bytes asked for: whether the next read could give any. Else the next edge tells.
    bool may_have_more(std::size_t got, std::size_t asked) const { return ssl_ || got == asked; }

private:
    struct FreeSsl {
        void operator()(SSL* ssl) const;
    };
    void flush();

    Descriptor socket_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
    std::string unsent_;
};

}  // namespace stockcast::bench
