#pragma once

#include "fanout/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// A client over RFC 6455: it may subscribe, ping and close; our last word is a close frame, then its own is awaited.
class WebSocketSession final : public Session {
public:
    WebSocketSession(std::shared_ptr<Hub> hub, Transport& transport, TakenOver connection, StreamClient client);

    void take(std::string_view bytes) override;

private:
    void append_owed(std::string& out) override;
    void append_goodbye(std::string& out, const Goodbye& goodbye) override;
    void on_goodbye_written() override;
    void on_message(std::string_view text);
    void on_close(const websocket::Incoming& close);

    websocket::Decoder decoder_;
    std::optional<std::string> pong_;  ///< only the newest ping needs one (RFC 6455 §5.5.3)
    bool deaf_ = false;                ///< the client broke the protocol: what it sends has no meaning any more
    bool peer_closed_ = false;
    std::uint32_t errors_ = 0;
};

}  // namespace stockcast
