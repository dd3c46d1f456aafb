#pragma once

#include "stockcast/base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stockcast {

/// A key of Standard Webhooks (standardwebhooks.com): `whsec_` and the base64 of 24 to 64 bytes.
class SigningKey {
public:
    /// Errors: `malformed`.
    static Result<SigningKey> parse(std::string_view text);
    static std::string written(std::span<const std::byte> bytes);

    /// `webhook-signature`'s value for one message: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
    std::string sign(std::string_view id, std::int64_t unix_seconds, std::string_view body) const;

private:
    explicit SigningKey(std::string bytes) : bytes_(std::move(bytes)) {}
    std::string bytes_;
};

}  // namespace stockcast
