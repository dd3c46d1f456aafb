#include "stockcast/http/jwt.hpp"

#include "http/jws.hpp"

#include "stockcast/base/json.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

namespace stockcast {
namespace {

/// RFC 7519's NumericDate: seconds since 1970, a fraction is allowed. Absent: no such member.
/// Errors: `malformed` for anything else, also for a moment outside the years 1 to 9999.
Result<std::optional<Instant>> moment(const Json& claims, std::string_view name) {
    const auto* value = claims.find(name);
    if (value == nullptr) return std::optional<Instant>{};
    const auto* number = value->if_number();
    if (number == nullptr) return Errc::malformed;
    double seconds = 0;
    const char* end = number->text.data() + number->text.size();
    const auto [rest, error] = std::from_chars(number->text.data(), end, seconds);
    if (error != std::errc{} || rest != end) return Errc::malformed;
    if (!(seconds >= -62'135'596'800.0 && seconds < 253'402'300'800.0)) return Errc::malformed;
    return std::optional{Instant::from_unix_ms(static_cast<std::int64_t>(std::floor(seconds * 1000)))};
}

std::optional<Role> role_of(const Json& claims) {
    const auto* value = claims.find("role");
    const auto* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr) return std::nullopt;
    if (*text == "viewer") return Role::viewer;
    if (*text == "admin") return Role::admin;
    return std::nullopt;
}

std::int64_t unix_seconds(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at.since_epoch()).count();
}

}  // namespace

struct JwtKeys::Key {
    JwsKey jws;
};

Result<JwtKeys> JwtKeys::hs256(std::string secret) {
    auto jws = JwsKey::secret(std::move(secret));
    if (!jws) return jws.error();
    JwtKeys keys;
    keys.key_ = std::make_shared<const Key>(Key{*std::move(jws)});
    return keys;
}

Result<JwtKeys> JwtKeys::public_key(std::string_view pem) {
    auto jws = JwsKey::public_key(pem);
    if (!jws) return jws.error();
    JwtKeys keys;
    keys.key_ = std::make_shared<const Key>(Key{*std::move(jws)});
    return keys;
}

Result<Caller> JwtKeys::verify(std::string_view token, Instant now) const {
    const auto payload = key_->jws.verified_payload(token);
    if (!payload) return payload.error();
    const auto claims = parse_json(*payload, {.depth = 8, .bytes = JwsKey::token_bytes_max});
    if (!claims || claims->if_object() == nullptr) return Errc::malformed;

    const auto expires = moment(*claims, "exp");
    const auto not_before = moment(*claims, "nbf");
    const auto issued = moment(*claims, "iat");
    const auto role = role_of(*claims);
    if (!expires || !not_before || !issued || !expires->has_value() || !role) return Errc::malformed;
    Caller caller{*role, {}, **expires};
    if (const auto* subject = claims->find("sub")) {
        if (subject->if_string() == nullptr) return Errc::malformed;
        caller.subject = *subject->if_string();
    }

    if (now >= caller.expires + jwt_skew) return Errc::timed_out;
    if (not_before->has_value() && **not_before > now + jwt_skew) return Errc::not_found;
    if (issued->has_value() && **issued > now + jwt_skew) return Errc::not_found;
    return caller;
}

Result<std::string> JwtKeys::sign(Role role, std::string_view subject, Instant now, Instant expires) const {
    std::string claims;
    JsonObjectWriter writer{claims};
    if (!subject.empty()) writer.string("sub", subject);
    writer.string("role", role == Role::admin ? "admin" : "viewer");
    writer.number("iat", unix_seconds(now));
    writer.number("exp", unix_seconds(expires));
    writer.close();
    return key_->jws.sign(claims);
}

}  // namespace stockcast
