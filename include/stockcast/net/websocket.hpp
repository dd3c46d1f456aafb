#pragma once

#include "stockcast/base/result.hpp"
#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// RFC 6455 as a server speaks it, without I/O: the handshake's answer, frames out, and a decoder of what clients send.
namespace stockcast::websocket {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close codes that we send (RFC 6455 §7.4.1; 4401: interface of stockcast, token expired).
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported = 1003,
    invalid_payload = 1007,
    policy = 1008,
    too_big = 1009,
    internal = 1011,
    try_again_later = 1013,
    unauthorized = 4401
};

/// The answer to an upgrade request: 101 with `Sec-WebSocket-Accept`, or 400/426 where the request is not as §4.2.1
/// asks (method, version 13, a key of 16 bytes in base64, Host, Upgrade, Connection).
HttpResponse accept_handshake(const HttpRequest& request, std::string_view subprotocol = {});

/// Appends an unmasked, unfragmented server frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
/// Bytes that append_frame() puts before the payload.
std::size_t frame_header_bytes(std::size_t payload_bytes);
void append_close(std::string& out, CloseCode code, std::string_view reason);

/// What the client's bytes amount to.
struct Incoming {
    enum class Kind { text, binary, ping, pong, close } kind;
    std::string payload;              ///< of a message, ping or pong; for a close: its reason
    std::uint16_t close_code = 1005;  ///< 1005: none given
};

/// Feeds on bytes in any pieces and yields whole messages and control frames in their order (control frames may stand
/// between fragments). Obeys §5 and §8: masking demanded, reserved bits and opcodes refused, control frames at most 125
/// bytes and unfragmented, lengths minimal, UTF-8 checked, close codes valid.
class Decoder {
public:
    explicit Decoder(std::size_t message_bytes_max);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;
    /// The frames completed by `bytes` are appended to `out`. A violation returns the code to close with; nothing may
    /// be fed afterwards.
    std::optional<CloseCode> feed(std::string_view bytes, std::vector<Incoming>& out);

private:
    struct Frame;
    struct State;
    std::optional<CloseCode> take_header(std::string_view& bytes);
    std::optional<CloseCode> check_first_byte(unsigned char byte);
    std::optional<CloseCode> check_length(Opcode opcode, std::uint64_t length, std::size_t length_bytes) const;
    std::optional<CloseCode> take_payload(std::string_view& bytes);
    std::optional<CloseCode> finish_frame(std::vector<Incoming>& out);
    std::optional<CloseCode> finish_control(Opcode opcode, std::vector<Incoming>& out);

    std::size_t message_bytes_max_;
    std::unique_ptr<State> state_;
};

}  // namespace stockcast::websocket
