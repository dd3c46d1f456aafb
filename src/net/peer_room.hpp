#pragma once

#include <chrono>

namespace stockcast {

/// ByteStream::without_room of a TCP socket.
std::chrono::milliseconds without_room(int socket) noexcept;

}  // namespace stockcast
