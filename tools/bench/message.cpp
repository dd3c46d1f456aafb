#include "bench/message.hpp"

#include <algorithm>
#include <charconv>

namespace stockcast::bench {
namespace {

FrameReader::Kind kind_of(unsigned opcode) {
    switch (opcode) {
        case 1:
        case 2: return FrameReader::Kind::text;
        case 8: return FrameReader::Kind::close;
        case 9: return FrameReader::Kind::ping;
        default: return FrameReader::Kind::other;
    }
}

std::uint64_t number_at(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

FrameReader::Frame FrameReader::first_frame(std::string_view bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    if (bytes.size() < 2) return {};
    std::uint64_t length = byte(1) & 0x7FU;
    const std::size_t more = length == 127 ? 8 : length == 126 ? 2 : 0;
    const std::size_t head = 2 + more;
    if (bytes.size() < head) return {};
    if (more > 0) {
        length = 0;
        for (std::size_t at = 2; at < head; ++at) length = length << 8U | byte(at);
    }
    if (bytes.size() - head < length) return {};
    return {head + length, kind_of(byte(0) & 0x0FU), bytes.substr(head, length)};
}

FrameReader::Frame FrameReader::first_event(std::string_view bytes) {
    constexpr std::string_view data = "data: ";
    const auto end = bytes.find("\n\n");
    if (end == std::string_view::npos) return {};
    Frame frame{end + 2, Kind::other, {}};
    auto event = bytes.substr(0, end);
    while (!event.empty()) {
        const auto line = event.substr(0, event.find('\n'));
        if (line == "event: close") frame.kind = Kind::close;
        if (line.starts_with(data)) {
            if (frame.kind != Kind::close) frame.kind = Kind::text;
            frame.payload = line.substr(data.size());
        }
        event.remove_prefix(line.size() == event.size() ? line.size() : line.size() + 1);
    }
    return frame;
}

Message message_of(std::string_view payload) {
    constexpr std::string_view head = R"({"type":")";
    constexpr std::string_view seq = R"(","seq":)";
    if (!payload.starts_with(head)) payload.remove_prefix(std::min(payload.find(head), payload.size()));
    if (payload.size() <= head.size()) return {};
    payload.remove_prefix(head.size());
    const auto type = payload.substr(0, payload.find('"'));
    if (!payload.substr(type.size()).starts_with(seq)) return {};
    Message message{Message::Kind::other, number_at(payload.substr(type.size() + seq.size()))};
    if (type == "stock_updated" || type.starts_with("product_"))
        message.kind = Message::Kind::change;
    else if (type == "hello")
        message.kind = Message::Kind::hello;
    else if (type == "caught_up")
        message.kind = Message::Kind::caught_up;
    else if (type == "reset")
        message.kind = Message::Kind::reset;
    return message;
}

std::optional<std::uint64_t> new_stock_of(std::string_view payload) {
    constexpr std::string_view name = R"("newStock":)";
    const auto found = payload.find(name);
    if (found == std::string_view::npos) return std::nullopt;
    return number_at(payload.substr(found + name.size()));
}

std::string_view epoch_of(std::string_view payload) {
    constexpr std::string_view name = R"("epoch":")";
    const auto found = payload.find(name);
    if (found == std::string_view::npos) return {};
    payload.remove_prefix(found + name.size());
    return payload.substr(0, payload.find('"'));
}

std::string client_frame(ClientFrame kind, std::string_view payload) {
    std::string frame{static_cast<char>(0x80U | static_cast<unsigned char>(kind)),
                      static_cast<char>(0x80U | payload.size()),
                      0,
                      0,
                      0,
                      0};
    return frame.append(payload);
}

}  // namespace stockcast::bench
