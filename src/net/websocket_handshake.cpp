#include "net/http_syntax.hpp"

#include "stockcast/net/websocket.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace stockcast::websocket {

namespace {

/// RFC 6455 §1.3: what proves that the server understood the handshake.
constexpr std::string_view accept_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

HttpResponse refuse(unsigned status, std::string reason) {
    HttpResponse response;
    response.status = status;
    response.fields.add("Content-Type", "text/plain; charset=utf-8");
    if (status == 426) {
        response.fields.add("Upgrade", "websocket");
        response.fields.add("Connection", "Upgrade");
        response.fields.add("Sec-WebSocket-Version", "13");
    }
    response.body = std::move(reason);
    return response;
}

bool any_field_lists(const HttpFields& fields, std::string_view name, std::string_view member) {
    for (const auto& [field, value] : fields.all())
        if (http_syntax::equal_ignoring_case(field, name) && http_syntax::list_has(value, member)) return true;
    return false;
}

/// 16 bytes in base64, in the one way to write them: 22 digits, of which the last carries two bits, and `==`.
bool is_key(std::string_view key) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return key.size() == 24 && key.ends_with("==") && key.find_first_not_of(digits) == 22 &&
           std::string_view{"AQgw"}.find(key[21]) != std::string_view::npos;
}

std::string accept_value(std::string_view key) {
    const std::string joined = std::string{key} + std::string{accept_suffix};
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    unsigned int length = 0;
    EVP_Digest(joined.data(), joined.size(), digest.data(), &length, EVP_sha1(), nullptr);
    std::array<unsigned char, 32> text{};
    const int written = EVP_EncodeBlock(text.data(), digest.data(), SHA_DIGEST_LENGTH);
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(written)};
}

}  // namespace

HttpResponse accept_handshake(const HttpRequest& request, std::string_view subprotocol) {
    const auto& fields = request.fields;
    if (request.method != "GET") return refuse(400, "a WebSocket handshake is a GET");
    if (fields.count("Host") != 1) return refuse(400, "Host is missing");
    if (!any_field_lists(fields, "Upgrade", "websocket") || !any_field_lists(fields, "Connection", "upgrade"))
        return refuse(426, "this address speaks WebSocket: send Upgrade: websocket and Connection: Upgrade");
    if (fields.count("Sec-WebSocket-Version") != 1 || fields.get("Sec-WebSocket-Version") != "13")
        return refuse(426, "Sec-WebSocket-Version must be 13");
    if (fields.count("Sec-WebSocket-Key") != 1 || !is_key(fields.get("Sec-WebSocket-Key")))
        return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64");

    HttpResponse response;
    response.status = 101;
    response.fields.add("Upgrade", "websocket");
    response.fields.add("Connection", "Upgrade");
    response.fields.add("Sec-WebSocket-Accept", accept_value(fields.get("Sec-WebSocket-Key")));
    if (!subprotocol.empty()) response.fields.add("Sec-WebSocket-Protocol", std::string{subprotocol});
    return response;
}

}  // namespace stockcast::websocket
