#include "stockcast/net/websocket.hpp"

#include <algorithm>

namespace stockcast::websocket {

std::size_t frame_header_bytes(std::size_t payload_bytes) {
    if (payload_bytes < 126) return 2;
    return payload_bytes <= 0xFFFF ? 4 : 10;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
    const auto byte = [](std::uint64_t value) { return static_cast<char>(static_cast<unsigned char>(value & 0xFF)); };
    const std::uint64_t size = payload.size();
    out.reserve(out.size() + frame_header_bytes(payload.size()) + payload.size());

    out += byte(0x80U | static_cast<unsigned>(opcode));  // FIN: never fragmented
    const auto header = frame_header_bytes(payload.size());
    if (header == 2) {
        out += byte(size);
    } else {
        const int length_bytes = header == 4 ? 2 : 8;
        out += byte(header == 4 ? 126 : 127);
        for (int i = length_bytes - 1; i >= 0; --i) out += byte(size >> (8 * i));
    }
    out += payload;
}

void append_close(std::string& out, CloseCode code, std::string_view reason) {
    const auto number = static_cast<std::uint16_t>(code);
    // At most 125 bytes (§5.5), two of them the code; never cut inside a character.
    std::size_t length = std::min<std::size_t>(reason.size(), 123);
    while (length < reason.size() && length > 0 && (static_cast<unsigned char>(reason[length]) & 0xC0U) == 0x80U)
        --length;

    std::string payload{static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
    payload += reason.substr(0, length);
    append_frame(out, Opcode::close, payload);
}

}  // namespace stockcast::websocket
