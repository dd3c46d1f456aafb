#pragma once

#include "stockcast/net/connector.hpp"

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace stockcast::bench {

/// A file descriptor with an owner. The generator talks to the kernel itself: an executor between would be measured
/// too.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    int get() const { return fd_; }

private:
    int fd_ = -1;
};

/// Throws std::system_error naming `what`.
[[noreturn]] void fail(const std::string& what);

/// Where the server is; the name is looked up once.
struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};
/// Throws std::runtime_error when the name is unknown.
Address look_up(const Endpoint& endpoint);
/// Throws std::runtime_error too for `https://`: the mode that asks speaks plain HTTP only.
Address resolve(const HttpUrl& url);

/// Of 127.0.0.0/8 or `::1`: this machine.
bool is_loopback(const Address& address);

/// Connected, non-blocking, without Nagle's delay. Throws std::system_error.
Descriptor connect_to(const Address& address);

/// Before it connects. Where the server is on the loopback each 500 clients come from an address of their own, so that
/// neither a limit by address nor the ports of one address is what is measured. Throws std::system_error.
void bind_to_source(int fd, const Address& server, std::size_t client);

/// As many open files as the system allows this process. Throws std::system_error.
void raise_descriptor_limit();

/// For so little that an empty socket takes it whole: one that does not is beyond use. Throws std::system_error.
void send_whole(int fd, std::string_view bytes);

/// Throws std::system_error.
Descriptor new_epoll();

/// Adds `fd` to those of `epoll`; what comes on it is told with `tag`. Throws std::system_error.
void watch_for_input(int epoll, int fd, std::uint64_t tag);

/// An HTTP answer as far as a closed loop needs it.
struct Answer {
    unsigned status = 0;
    std::size_t size = 0;  ///< of head and body; 0: not complete yet
};
/// Looks at the first answer in `bytes`. Throws std::runtime_error when it is none, or has no Content-Length.
Answer read_answer(std::string_view bytes);

}  // namespace stockcast::bench
