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

/// The keys that tokens are checked with, two while they are rotated. Each has one algorithm, which the token's header
/// only has to name (RFC 8725 §3.1): HS256 for a secret, RS256 or ES256 by the kind of public key. Never `none`. Nothing
/// else is taken from the header. Copies share the keys.
class JwtKeys {
public:
    /// `former`: the key before, whose tokens still hold; empty: none. Errors: `out_of_bounds` below 32 bytes.
    static Result<JwtKeys> hs256(std::string secret, std::string former = {});
    /// PEM of one or two public keys, RSA (2048 bits and more) or P-256. Errors: `malformed`, `out_of_bounds`.
    static Result<JwtKeys> public_key(std::string_view pem);

    /// `exp` and `role` required; `nbf`, `iat` checked where present; an `aud`, where present, must name `stockcast`
    /// (RFC 7519 §4.1.3); 60 s of skew; `crit` refused. Errors: `malformed`, `timed_out` (expired), `not_found` (not
    /// yet valid).
    Result<Caller> verify(std::string_view token, Instant now) const;
    /// With the present secret. Errors: `not_found` when this is a public key.
    Result<std::string> sign(Role role, std::string_view subject, Instant now, Instant expires) const;

private:
    JwtKeys() = default;
    struct Keys;
    std::shared_ptr<const Keys> keys_;
};

}  // namespace stockcast
