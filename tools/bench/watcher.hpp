#pragma once

#include "bench/socket.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stockcast::bench {

/// One WebSocket client: the handshake by hand, then whole text frames (RFC 6455 as a server sends it: unmasked).
class Watcher {
public:
    /// Connects and asks for the upgrade; the answer comes with `read`. Throws std::system_error.
    Watcher(const Address& address, const std::string& host_field, const std::string& token);

    int descriptor() const { return socket_.get(); }
    bool is_watching() const { return watching_; }
    /// Takes what is there and gives each text message to `text`. Throws std::runtime_error when the server refused the
    /// upgrade or closed the connection.
    void read(const std::function<void(std::string_view)>& text);

private:
    void take_frames(const std::function<void(std::string_view)>& text);

    Descriptor socket_;
    std::string received_;
    bool watching_ = false;
};

}  // namespace stockcast::bench
