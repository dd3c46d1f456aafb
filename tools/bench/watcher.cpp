#include "bench/watcher.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>

namespace stockcast::bench {
namespace {

enum Opcode : unsigned { text_frame = 1, close_frame = 8, ping_frame = 9 };

}  // namespace

Watcher::Watcher(const Address& address, const std::string& host_field, const std::string& token)
    : socket_(connect_to(address)) {
    std::string request = "GET /ws HTTP/1.1\r\nHost: " + host_field +
                          "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: c3RvY2tjYXN0LWJlbmNoIQ==\r\n";
    if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
    send_whole(socket_.get(), request + "\r\n");
}

void Watcher::read(const std::function<void(std::string_view)>& text) {
    std::array<char, 64 * 1024> buffer;
    const auto got = ::read(socket_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) fail("read");
    if (got == 0) throw std::runtime_error("the server closed a WebSocket");
    received_.append(buffer.data(), static_cast<std::size_t>(got));

    if (!watching_) {
        const auto answer = read_answer(received_);
        if (answer.size == 0) return;
        if (answer.status != 101)
            throw std::runtime_error("the WebSocket was answered with " + std::to_string(answer.status) +
                                     (answer.status == 401 ? ": give a token with --token" : ""));
        received_.erase(0, answer.size);
        watching_ = true;
    }
    take_frames(text);
}

void Watcher::take_frames(const std::function<void(std::string_view)>& text) {
    const auto byte = [this](std::size_t at) { return static_cast<unsigned char>(received_[at]); };
    std::size_t at = 0;
    while (received_.size() - at >= 2) {
        std::size_t length = byte(at + 1) & 0x7FU;
        const std::size_t more = length == 127 ? 8 : length == 126 ? 2 : 0;
        if (received_.size() - at < 2 + more) break;
        if (more > 0) {
            length = 0;
            for (std::size_t i = 0; i < more; ++i) length = length << 8U | byte(at + 2 + i);
        }
        const auto head = 2 + more;
        if (received_.size() - at - head < length) break;
        const std::string_view payload{received_.data() + at + head, length};
        switch (byte(at) & 0x0FU) {
            case text_frame: text(payload); break;
            case close_frame: throw std::runtime_error("the server closed a WebSocket");
            case ping_frame: {
                // Masked with zeros, as a client must mask (§5.3); at most 125 bytes, so one byte of length.
                std::string pong{static_cast<char>(0x8A), static_cast<char>(0x80U | length), 0, 0, 0, 0};
                send_whole(socket_.get(), pong.append(payload));
                break;
            }
            default: break;
        }
        at += head + length;
    }
    received_.erase(0, at);
}

}  // namespace stockcast::bench
