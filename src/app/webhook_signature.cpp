#include "app/webhook_signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace stockcast {
namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t bytes_min = 24;
constexpr std::size_t bytes_max = 64;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends with a NUL
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

}  // namespace

Result<SigningKey> SigningKey::parse(std::string_view text) {
    if (!text.starts_with(prefix)) return Errc::malformed;
    text.remove_prefix(prefix.size());
    if (text.size() > 4 * ((bytes_max + 2) / 3) || text.size() % 4 != 0) return Errc::malformed;
    std::string bytes(3 * (text.size() / 4), '\0');
    const int decoded =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text), static_cast<int>(text.size()));
    if (decoded < 0) return Errc::malformed;
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));  // decoded to zero bytes
    if (padding > 2) return Errc::malformed;
    bytes.resize(static_cast<std::size_t>(decoded) - padding);
    if (bytes.size() < bytes_min || bytes.size() > bytes_max) return Errc::malformed;
    return SigningKey{std::move(bytes)};
}

std::string SigningKey::written(std::span<const std::byte> bytes) {
    return std::string{prefix} + base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string SigningKey::sign(std::string_view id, std::int64_t unix_seconds, std::string_view body) const {
    std::string text{id};
    text.append(".").append(std::to_string(unix_seconds)).append(".").append(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    HMAC(EVP_sha256(), bytes_.data(), static_cast<int>(bytes_.size()), bytes_of(text), text.size(), mac.data(),
         &length);
    return "v1," + base64({reinterpret_cast<const char*>(mac.data()), length});
}

}  // namespace stockcast
