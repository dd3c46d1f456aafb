#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace stockcast {

enum class Role { viewer, admin };  ///< in rising order: each may do what the one before may

/// How far the clock that issued a token may be from ours.
inline constexpr std::chrono::seconds jwt_skew{60};

/// Who asks: what a verified token says.
struct Caller {
    Role role = Role::viewer;
    std::string subject;
    Instant expires;
};

/// The key that tokens are checked with; the algorithm is pinned to it, the token's header only has to name the same
/// one (RFC 8725 §3.1): HS256 for a secret, RS256 or ES256 by the kind of public key. Never `none`. Copies share the
/// key.
class JwtKeys {
public:
    /// Errors: `out_of_bounds` below 32 bytes.
    static Result<JwtKeys> hs256(std::string secret);
    /// PEM of an RSA (2048 bits and more) or P-256 public key. Errors: `malformed`, `out_of_bounds`.
    static Result<JwtKeys> public_key(std::string_view pem);

    /// `exp` and `role` required; `nbf`, `iat` checked where present; 60 s of skew; `crit` refused. Errors:
    /// `malformed`, `timed_out` (expired), `not_found` (not yet valid).
    Result<Caller> verify(std::string_view token, Instant now) const;
    /// HS256 only. Errors: `not_found` when this is a public key.
    Result<std::string> sign(Role role, std::string_view subject, Instant now, Instant expires) const;

private:
    JwtKeys() = default;
    struct Key;
    std::shared_ptr<const Key> key_;
};

}  // namespace stockcast
