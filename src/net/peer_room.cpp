// A file of its own: the kernel's tcp_info has the window, the C library's of the same name, which Asio includes, has not.
#include "net/peer_room.hpp"

#include <cstddef>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace stockcast {

namespace {

/// A window below this is what is left of one that nobody empties.
constexpr unsigned room_bytes = 4096;

}  // namespace

std::chrono::milliseconds without_room(int socket) noexcept {
    constexpr auto unknown = std::chrono::milliseconds::max();
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return unknown;
    // Linux before 5.4 does not tell the window: there it stays 0.
    return info.tcpi_snd_wnd >= room_bytes ? std::chrono::milliseconds{info.tcpi_last_ack_recv} : unknown;
}

}  // namespace stockcast
