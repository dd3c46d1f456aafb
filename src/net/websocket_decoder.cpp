#include "net/utf8_check.hpp"

#include "stockcast/net/websocket.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stockcast::websocket {

namespace {

constexpr std::size_t control_bytes_max = 125;

bool is_control(Opcode opcode) {
    return static_cast<unsigned>(opcode) >= 8;
}

/// §7.4.2: below 1000 unused, 1004–1006 and 1015 never on the wire, 1016–2999 reserved, from 3000 on free to use.
bool may_be_sent(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

}  // namespace

struct Decoder::Frame {
    Opcode opcode = Opcode::text;
    bool final = false;
    std::uint64_t remaining = 0;  ///< payload bytes that have not come yet
    std::array<unsigned char, 4> mask{};
    std::size_t mask_at = 0;
};

struct Decoder::State {
    std::string header;  ///< bytes of a header that is not complete
    std::optional<Frame> frame;
    std::string control;               ///< payload of a control frame
    std::string message;               ///< payload of the fragments so far
    std::optional<Opcode> fragmented;  ///< what the message under way is
    Utf8Check utf8;
};

Decoder::Decoder(std::size_t message_bytes_max)
    : message_bytes_max_(message_bytes_max), state_(std::make_unique<State>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

std::optional<CloseCode> Decoder::feed(std::string_view bytes, std::vector<Incoming>& out) {
    for (;;) {
        if (!state_->frame) {
            if (auto violation = take_header(bytes)) return violation;
            if (!state_->frame) return std::nullopt;
        }
        if (auto violation = take_payload(bytes)) return violation;
        if (state_->frame->remaining > 0) return std::nullopt;
        if (auto violation = finish_frame(out)) return violation;
        state_->frame.reset();
    }
}

/// Takes header bytes one by one, since its length shows only as it comes.
std::optional<CloseCode> Decoder::take_header(std::string_view& bytes) {
    auto& header = state_->header;
    while (!bytes.empty()) {
        header += bytes.front();
        bytes.remove_prefix(1);
        const auto first = static_cast<unsigned char>(header[0]);
        if (header.size() == 1) {
            if (auto violation = check_first_byte(first)) return violation;
            continue;
        }
        const auto second = static_cast<unsigned char>(header[1]);
        const unsigned short_length = second & 0x7FU;
        if ((second & 0x80U) == 0) return CloseCode::protocol_error;  // §5.1: a client masks every frame
        if (is_control(static_cast<Opcode>(first & 0x0FU)) && short_length > control_bytes_max)
            return CloseCode::protocol_error;

        const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
        if (header.size() == 2 + length_bytes) {  // judged before the mask and the payload come
            const auto length = length_bytes == 0 ? short_length : big_endian(std::string_view{header}.substr(2));
            if (auto violation = check_length(static_cast<Opcode>(first & 0x0FU), length, length_bytes))
                return violation;
        }
        if (header.size() < 2 + length_bytes + 4) continue;

        Frame frame;
        frame.opcode = static_cast<Opcode>(first & 0x0FU);
        frame.final = (first & 0x80U) != 0;
        frame.remaining =
            length_bytes == 0 ? short_length : big_endian(std::string_view{header}.substr(2, length_bytes));
        std::copy_n(header.end() - 4, 4, frame.mask.begin());
        state_->frame = frame;
        header.clear();
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<CloseCode> Decoder::check_first_byte(unsigned char byte) {
    if ((byte & 0x70U) != 0) return CloseCode::protocol_error;  // no extension was negotiated
    const bool final = (byte & 0x80U) != 0;
    switch (static_cast<Opcode>(byte & 0x0FU)) {
        case Opcode::continuation:
            if (!state_->fragmented) return CloseCode::protocol_error;
            return std::nullopt;
        case Opcode::text:
        case Opcode::binary:
            if (state_->fragmented) return CloseCode::protocol_error;
            return std::nullopt;
        case Opcode::close:
        case Opcode::ping:
        case Opcode::pong:
            if (!final) return CloseCode::protocol_error;
            return std::nullopt;
    }
    return CloseCode::protocol_error;  // a reserved opcode
}

std::optional<CloseCode> Decoder::check_length(Opcode opcode, std::uint64_t length, std::size_t length_bytes) const {
    if (length_bytes == 2 && length < 126) return CloseCode::protocol_error;  // not the shortest form
    if (length_bytes == 8 && length <= 0xFFFF) return CloseCode::protocol_error;
    if (length >> 63 != 0) return CloseCode::protocol_error;
    if (!is_control(opcode) && length > message_bytes_max_ - state_->message.size()) return CloseCode::too_big;
    return std::nullopt;
}

std::optional<CloseCode> Decoder::take_payload(std::string_view& bytes) {
    auto& frame = *state_->frame;
    const auto count = std::min<std::uint64_t>(frame.remaining, bytes.size());
    auto& into = is_control(frame.opcode) ? state_->control : state_->message;
    const auto start = into.size();
    into += bytes.substr(0, count);
    bytes.remove_prefix(count);
    frame.remaining -= count;
    for (std::size_t i = start; i < into.size(); ++i)
        into[i] = static_cast<char>(static_cast<unsigned char>(into[i]) ^ frame.mask[frame.mask_at++ % 4]);

    const auto kind = frame.opcode == Opcode::continuation ? *state_->fragmented : frame.opcode;
    if (kind == Opcode::text && !state_->utf8.feed(std::string_view{into}.substr(start)))
        return CloseCode::invalid_payload;
    return std::nullopt;
}

std::optional<CloseCode> Decoder::finish_frame(std::vector<Incoming>& out) {
    const auto& frame = *state_->frame;
    if (is_control(frame.opcode)) return finish_control(frame.opcode, out);

    const auto kind = frame.opcode == Opcode::continuation ? *state_->fragmented : frame.opcode;
    if (!frame.final) {
        state_->fragmented = kind;
        return std::nullopt;
    }
    if (kind == Opcode::text && !state_->utf8.is_complete()) return CloseCode::invalid_payload;
    out.push_back({kind == Opcode::text ? Incoming::Kind::text : Incoming::Kind::binary, std::move(state_->message)});
    state_->message.clear();
    state_->fragmented.reset();
    return std::nullopt;
}

std::optional<CloseCode> Decoder::finish_control(Opcode opcode, std::vector<Incoming>& out) {
    auto payload = std::exchange(state_->control, {});
    if (opcode != Opcode::close) {
        out.push_back({opcode == Opcode::ping ? Incoming::Kind::ping : Incoming::Kind::pong, std::move(payload)});
        return std::nullopt;
    }
    Incoming close{Incoming::Kind::close, {}};
    if (payload.size() == 1) return CloseCode::protocol_error;
    if (payload.size() >= 2) {
        close.close_code = static_cast<std::uint16_t>(big_endian(std::string_view{payload}.substr(0, 2)));
        close.payload = payload.substr(2);
        Utf8Check reason;
        if (!may_be_sent(close.close_code)) return CloseCode::protocol_error;
        if (!reason.feed(close.payload) || !reason.is_complete()) return CloseCode::invalid_payload;
    }
    out.push_back(std::move(close));
    return std::nullopt;
}

}  // namespace stockcast::websocket
