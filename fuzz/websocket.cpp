// The WebSocket decoder: any bytes, in any pieces, come to the same; text that is accepted is valid UTF-8; what is
// accepted and framed again by us has the same payload.
#include "stockcast/net/websocket.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace stockcast::websocket;

namespace {

constexpr std::size_t message_bytes_max = 4096;

struct Outcome {
    std::vector<Incoming> incoming;
    std::optional<CloseCode> violation;
};

Outcome decode(std::string_view bytes, std::size_t piece) {
    Decoder decoder{message_bytes_max};
    Outcome outcome;
    while (!bytes.empty() && !outcome.violation) {
        outcome.violation = decoder.feed(bytes.substr(0, piece), outcome.incoming);
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    return outcome;
}

void require(bool holds) {
    if (!holds) std::abort();
}

bool same(const Outcome& a, const Outcome& b) {
    if (a.violation != b.violation || a.incoming.size() != b.incoming.size()) return false;
    for (std::size_t i = 0; i < a.incoming.size(); ++i)
        if (a.incoming[i].kind != b.incoming[i].kind || a.incoming[i].payload != b.incoming[i].payload ||
            a.incoming[i].close_code != b.incoming[i].close_code)
            return false;
    return true;
}

/// Code points decoded one by one: written apart from the decoder's own check, so that the two can disagree.
bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<std::uint8_t>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
        if (length == 0 || at + length > text.size()) return false;
        std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t i = 1; i < length; ++i) {
            const auto next = static_cast<std::uint8_t>(text[at + i]);
            if (next >> 6 != 2) return false;
            point = point << 6 | (next & 0x3FU);
        }
        constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
        at += length;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto whole = decode(bytes, size);
    require(same(whole, decode(bytes, 1)));
    require(same(whole, decode(bytes, 1U + data[0])));

    for (const auto& one : whole.incoming) {
        const bool is_message = one.kind == Incoming::Kind::text || one.kind == Incoming::Kind::binary;
        require(one.payload.size() <= (is_message ? message_bytes_max : 125));
        if (one.kind == Incoming::Kind::text || one.kind == Incoming::Kind::close) require(is_utf8(one.payload));

        std::string frame;
        append_frame(frame, Opcode::text, one.payload);
        require(std::string_view{frame}.substr(frame_header_bytes(one.payload.size())) == one.payload);
    }
    return 0;
}
