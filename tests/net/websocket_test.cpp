#include "stockcast/net/websocket.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::websocket;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

/// A client's frame with the mask of RFC 6455's examples. `first`: FIN, reserved bits and opcode.
std::string masked(int first, std::string_view payload, int length_form = 0) {
    const auto mask = bytes({0x37, 0xfa, 0x21, 0x3d});
    std::string out = bytes({first});
    const auto size = payload.size();
    if (length_form == 8 || (length_form == 0 && size > 0xffff)) {
        out += bytes({0x80 | 127});
        for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
    } else if (length_form == 2 || size > 125) {
        out += bytes({0x80 | 126, static_cast<int>(size >> 8), static_cast<int>(size & 0xff)});
    } else {
        out += bytes({0x80 | static_cast<int>(size)});
    }
    out += mask;
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
    return out;
}

std::string close_payload(int code, std::string_view reason = {}) {
    return bytes({code >> 8, code & 0xff}) + std::string{reason};
}

/// What came of it, as text that is easy to compare: `text:Hello ping:x close:1000: !1002`.
std::string decoded(std::string_view input, std::size_t piece, std::size_t limit = 200'000) {
    Decoder decoder{limit};
    std::string out;
    for (std::size_t at = 0; at < input.size(); at += piece) {
        std::vector<Incoming> incoming;
        const auto violation = decoder.feed(input.substr(at, piece), incoming);
        for (const auto& one : incoming) {
            const char* const names[] = {"text", "binary", "ping", "pong", "close"};
            if (!out.empty()) out += ' ';
            out += names[static_cast<int>(one.kind)];
            if (one.kind == Incoming::Kind::close) out += ":" + std::to_string(one.close_code);
            out += ":" + one.payload;
        }
        if (violation) {
            if (!out.empty()) out += ' ';
            return out + "!" + std::to_string(static_cast<int>(*violation));
        }
    }
    return out;
}

HttpRequest handshake() {
    HttpRequest request;
    request.method = "GET";
    request.target = "/ws";
    request.fields.add("Host", "server.example.com");
    request.fields.add("Upgrade", "websocket");
    request.fields.add("Connection", "Upgrade");
    request.fields.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    request.fields.add("Sec-WebSocket-Version", "13");
    return request;
}

}  // namespace

TEST_CASE("the handshake of RFC 6455 gets the answer of RFC 6455", "[net][websocket]") {
    const auto answer = accept_handshake(handshake(), "bearer.x");
    CHECK(answer.status == 101);
    CHECK(answer.fields.get("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(answer.fields.get("Upgrade") == "websocket");
    CHECK(answer.fields.get("Sec-WebSocket-Protocol") == "bearer.x");
    CHECK_FALSE(accept_handshake(handshake()).fields.has("Sec-WebSocket-Protocol"));
}

TEST_CASE("a handshake that is not one is refused", "[net][websocket]") {
    struct Case {
        std::string_view field;
        std::string value;
        unsigned status;
    };
    for (const auto& [field, value, status] : std::vector<Case>{
             {"Upgrade", "h2c", 426},
             {"Upgrade", "h2c, WebSocket", 101},
             {"Connection", "keep-alive", 426},
             {"Connection", "keep-alive, upgrade", 101},
             {"Sec-WebSocket-Version", "12", 426},
             {"Sec-WebSocket-Version", "13, 8", 426},
             {"Sec-WebSocket-Key", "", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR==", 400},  // bits beyond the 16 bytes
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQE=", 400},  // 17 bytes
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j!Q==", 400},
         }) {
        auto request = handshake();
        request.fields.set(field, value);
        INFO(field << ": " << value);
        CHECK(accept_handshake(request).status == status);
    }
    auto post = handshake();
    post.method = "POST";
    CHECK(accept_handshake(post).status == 400);
    auto twice = handshake();
    twice.fields.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    CHECK(accept_handshake(twice).status == 400);
    auto version = handshake();
    version.fields.set("Sec-WebSocket-Version", "8");
    CHECK(accept_handshake(version).fields.get("Sec-WebSocket-Version") == "13");
}

TEST_CASE("frames are written with the shortest length, never masked", "[net][websocket]") {
    std::string out;
    append_frame(out, Opcode::text, "Hello");
    CHECK(out == bytes({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}));  // RFC 6455 §5.7

    for (const auto& [size, header] :
         std::vector<std::pair<std::size_t, std::string>>{{0, bytes({0x82, 0})},
                                                          {125, bytes({0x82, 125})},
                                                          {126, bytes({0x82, 126, 0, 126})},
                                                          {256, bytes({0x82, 126, 1, 0})},
                                                          {65535, bytes({0x82, 126, 255, 255})},
                                                          {65536, bytes({0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0})}}) {
        std::string frame;
        append_frame(frame, Opcode::binary, std::string(size, 'x'));
        CHECK(frame.size() == header.size() + size);
        CHECK(frame.substr(0, header.size()) == header);
        CHECK(frame_header_bytes(size) == header.size());
    }
}

TEST_CASE("a close frame's reason is cut at 123 bytes, between two characters", "[net][websocket]") {
    std::string out;
    append_close(out, CloseCode::going_away, "bye");
    CHECK(out == bytes({0x88, 5, 0x03, 0xe9}) + "bye");

    std::string reason(122, 'x');
    reason += "ñandú";
    std::string cut;
    append_close(cut, CloseCode::unauthorized, reason);
    CHECK(cut == bytes({0x88, 124, 0x11, 0x31}) + std::string(122, 'x'));
}

TEST_CASE("what clients send is decoded alike in any pieces", "[net][websocket]") {
    struct Case {
        std::string_view what;
        std::string input;
        std::string expected;
    };
    const std::string euro = "\xe2\x82\xac";
    const std::vector<Case> cases{
        {"RFC 6455 §5.7: a masked Hello", bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}),
         "text:Hello"},
        {"RFC 6455 §5.7: a masked pong", bytes({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}),
         "pong:Hello"},
        {"an empty text", masked(0x81, ""), "text:"},
        {"125, 126 and 65,536 bytes",
         masked(0x81, std::string(125, 'a')) + masked(0x81, std::string(126, 'b')) +
             masked(0x82, std::string(65536, 'c')),
         "text:" + std::string(125, 'a') + " text:" + std::string(126, 'b') + " binary:" + std::string(65536, 'c')},
        {"fragments", masked(0x01, "Hel") + masked(0x00, "l") + masked(0x80, "o"), "text:Hello"},
        {"a ping between fragments", masked(0x01, "Hel") + masked(0x89, "now") + masked(0x80, "lo"),
         "ping:now text:Hello"},
        {"empty fragments", masked(0x01, "") + masked(0x00, "") + masked(0x80, "x"), "text:x"},
        {"a character across fragments", masked(0x01, euro.substr(0, 1)) + masked(0x80, euro.substr(1)),
         "text:" + euro},
        {"binary is not text", masked(0x82, "\xff\xfe"), "binary:\xff\xfe"},
        {"a ping of 125 bytes", masked(0x89, std::string(125, 'p')), "ping:" + std::string(125, 'p')},
        {"close without a code", masked(0x88, ""), "close:1005:"},
        {"close with a reason", masked(0x88, close_payload(1000, "done")), "close:1000:done"},
        {"close with a code of an application", masked(0x88, close_payload(4999)), "close:4999:"},

        {"not masked", bytes({0x81, 0x05}) + "Hello", "!1002"},
        {"a reserved bit", masked(0xc1, "x"), "!1002"},
        {"a reserved opcode", masked(0x83, "x"), "!1002"},
        {"a reserved control opcode", masked(0x8b, ""), "!1002"},
        {"a continuation of nothing", masked(0x80, "x"), "!1002"},
        {"a new message inside another", masked(0x01, "x") + masked(0x81, "y"), "!1002"},
        {"a fragmented ping", masked(0x09, "x"), "!1002"},
        {"a ping of 126 bytes", masked(0x89, std::string(126, 'p')), "!1002"},
        {"a length not in its shortest form (16 bits)", masked(0x81, "x", 2), "!1002"},
        {"a length not in its shortest form (64 bits)", masked(0x81, std::string(300, 'x'), 8), "!1002"},
        {"a length with the highest bit", bytes({0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}), "!1002"},
        {"a close of one byte", masked(0x88, "x"), "!1002"},
        {"a close with a code that may not be sent", masked(0x88, close_payload(1005)), "!1002"},
        {"a close with a code below 1000", masked(0x88, close_payload(999)), "!1002"},
        {"a close with a reserved code", masked(0x88, close_payload(2000)), "!1002"},
        {"a close with a code past 4999", masked(0x88, close_payload(5000)), "!1002"},
        {"a close whose reason is no UTF-8", masked(0x88, close_payload(1000, "\xff")), "!1007"},
        {"a close whose reason is cut", masked(0x88, close_payload(1000, "\xe2\x82")), "!1007"},
        {"text that is no UTF-8", masked(0x81, "\xff"), "!1007"},
        {"text cut inside a character", masked(0x81, "\xe2\x82"), "!1007"},
        {"a surrogate", masked(0x81, "\xed\xa0\x80"), "!1007"},
        {"an overlong form", masked(0x81, "\xc0\xaf"), "!1007"},
        {"past U+10FFFF", masked(0x81, "\xf4\x90\x80\x80"), "!1007"},
        {"a bad character in a second fragment", masked(0x01, "ok") + masked(0x80, "\x80"), "!1007"},
        {"what came before a violation counts", masked(0x81, "x") + masked(0x83, ""), "text:x !1002"},
        {"too big", bytes({0x82, 0xff, 0, 0, 0, 0, 0, 3, 0x0d, 0x41}), "!1009"},
        {"too big in fragments",
         masked(0x02, std::string(60'000, 'x')) + masked(0x00, std::string(60'000, 'x')) +
             masked(0x00, std::string(60'000, 'x')) + masked(0x80, std::string(60'000, 'x')),
         "!1009"},
    };
    for (const auto& [what, input, expected] : cases)
        for (const std::size_t piece : {input.size(), std::size_t{1}, std::size_t{7}}) {
            INFO(what << ", by " << piece);
            CHECK(decoded(input, piece) == expected);
        }
}

TEST_CASE("a message may be as large as the limit and no larger", "[net][websocket]") {
    CHECK(decoded(masked(0x81, "12345"), 100, 5) == "text:12345");
    CHECK(decoded(masked(0x81, "123456"), 100, 5) == "!1009");
    CHECK(decoded(masked(0x01, "123") + masked(0x80, "45"), 100, 5) == "text:12345");
    CHECK(decoded(masked(0x01, "123") + masked(0x80, "456"), 100, 5) == "!1009");
}
