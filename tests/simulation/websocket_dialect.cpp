#include "simulation/dialect.hpp"

#include "stockcast/net/websocket.hpp"

#include <optional>
#include <utility>

namespace stockcast::simulation {
namespace {

/// Masked with zeros, which RFC 6455 doesn't forbid.
std::string client_frame(websocket::Opcode opcode, std::string_view payload) {
    std::string frame{static_cast<char>(0x80 | static_cast<int>(opcode))};
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xFF);
    }
    return frame.append(4, '\0').append(payload);
}

struct Frame {
    websocket::Opcode opcode;
    std::string payload;
};

std::optional<Frame> take_frame(std::string& unread) {
    if (unread.size() < 2) return std::nullopt;
    std::size_t length = static_cast<unsigned char>(unread[1]);
    std::size_t header = 2;
    const auto more_length = length == 126 ? 2U : length == 127 ? 8U : 0U;
    if (unread.size() < header + more_length) return std::nullopt;
    if (more_length > 0) length = 0;
    for (unsigned i = 0; i < more_length; ++i) length = length << 8 | static_cast<unsigned char>(unread[header + i]);
    header += more_length;
    if (unread.size() < header + length) return std::nullopt;
    Frame frame{static_cast<websocket::Opcode>(unread[0] & 0x0F), unread.substr(header, length)};
    unread.erase(0, header + length);
    return frame;
}

class WebSocketDialect final : public Dialect {
public:
    std::string begin(const Greeting& greeting, const Place& place) override {
        is_open_ = is_over_ = false;
        narrowing_ = greeting.narrowing;
        return "GET /ws?" + query_of(place) + " HTTP/1.1\r\nHost: " + greeting.host +
               "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }

    std::vector<std::string> take(std::string& unread) override {
        std::vector<std::string> messages;
        if (!is_open_) open(take_head(unread));
        while (is_open_ && !is_over_) {
            auto frame = take_frame(unread);
            if (!frame) break;
            is_over_ = frame->opcode == websocket::Opcode::close;
            if (frame->opcode == websocket::Opcode::ping)
                reply_ += client_frame(websocket::Opcode::pong, frame->payload);
            if (frame->opcode == websocket::Opcode::text) messages.push_back(std::move(frame->payload));
        }
        return messages;
    }

    std::string reply(const Place&) override { return std::exchange(reply_, {}); }
    bool is_over() const override { return is_over_; }
    bool narrows_at_once() const override { return false; }

private:
    void open(const std::string& head) {
        if (head.empty()) return;
        is_open_ = head.starts_with("HTTP/1.1 101 ");
        is_over_ = !is_open_;
        if (is_open_ && !narrowing_.is_none()) reply_ = client_frame(websocket::Opcode::text, narrowing_.message());
    }

    Narrowing narrowing_;
    std::string reply_;
    bool is_open_ = false;
    bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Dialect> make_websocket_dialect() {
    return std::make_unique<WebSocketDialect>();
}

}  // namespace stockcast::simulation
