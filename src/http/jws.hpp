#pragma once

#include "stockcast/base/result.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace stockcast {

/// One key and the one algorithm that it is used with (RFC 7515, compact serialisation). What a token's header says can
/// only agree: it never chooses (RFC 8725 §3.1).
class JwsKey {
public:
    /// A larger token is not looked at: a header line could hold it, an honest one never is.
    static constexpr std::size_t token_bytes_max = 8 * 1024;

    /// HS256. Errors: `out_of_bounds` below 32 bytes (RFC 7518 §3.2).
    static Result<JwsKey> secret(std::string key);
    /// RS256 for an RSA key, ES256 for one on P-256. Errors: `malformed`; `out_of_bounds` for RSA below 2048 bits.
    static Result<JwsKey> public_key(std::string_view pem);

    /// The payload of a token whose signature is good. Errors: `malformed`, for every other one alike.
    Result<std::string> verified_payload(std::string_view token) const;
    /// Errors: `not_found` with a public key.
    Result<std::string> sign(std::string_view payload) const;

private:
    struct Key;
    explicit JwsKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
    std::shared_ptr<const Key> key_;
};

}  // namespace stockcast
