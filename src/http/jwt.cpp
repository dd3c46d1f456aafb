#include "stockcast/http/jwt.hpp"

#include "http/jws.hpp"

#include "stockcast/base/json.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

namespace stockcast {
namespace {

constexpr std::size_t keys_max = 2;
constexpr std::string_view own_audience = "stockcast";

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

/// RFC 7519 §4.1.3: a token that names its audience is for none but that. Without one it is for whoever holds the key.
bool is_meant_for_us(const Json& claims) {
    const auto* audience = claims.find("aud");
    if (audience == nullptr) return true;
    const auto is_us = [](const Json& name) {
        return name.if_string() != nullptr && *name.if_string() == own_audience;
    };
    const auto* several = audience->if_array();
    return several != nullptr ? std::any_of(several->begin(), several->end(), is_us) : is_us(*audience);
}

std::int64_t unix_seconds(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at.since_epoch()).count();
}

}  // namespace

struct JwtKeys::Keys {
    std::vector<JwsKey> all;  // the first signs

    /// Errors: `malformed`, of whatever is wrong.
    Result<std::string> verified_payload(std::string_view token) const {
        for (const auto& key : all) {
            if (auto payload = key.verified_payload(token)) return payload;
        }
        return Errc::malformed;
    }
};

Result<JwtKeys> JwtKeys::hs256(std::string secret, std::string former) {
    Keys held;
    for (auto* text : {&secret, &former}) {
        if (text == &former && former.empty()) break;
        auto key = JwsKey::secret(std::move(*text));
        if (!key) return key.error();
        held.all.push_back(*std::move(key));
    }
    JwtKeys keys;
    keys.keys_ = std::make_shared<const Keys>(std::move(held));
    return keys;
}

Result<JwtKeys> JwtKeys::public_key(std::string_view pem) {
    constexpr std::string_view end_of_key = "-----END PUBLIC KEY-----";
    Keys held;
    for (;;) {
        const auto end = pem.find(end_of_key);
        if (end == std::string_view::npos) break;
        if (held.all.size() == keys_max) return Errc::out_of_bounds;
        auto key = JwsKey::public_key(pem.substr(0, end + end_of_key.size()));
        if (!key) return key.error();
        held.all.push_back(*std::move(key));
        pem.remove_prefix(end + end_of_key.size());
    }
    if (held.all.empty()) return Errc::malformed;
    JwtKeys keys;
    keys.keys_ = std::make_shared<const Keys>(std::move(held));
    return keys;
}

Result<Caller> JwtKeys::verify(std::string_view token, Instant now) const {
    const auto payload = keys_->verified_payload(token);
    if (!payload) return payload.error();
    const auto claims = parse_json(*payload, {.depth = 8, .bytes = JwsKey::token_bytes_max});
    if (!claims || claims->if_object() == nullptr) return Errc::malformed;

    const auto expires = moment(*claims, "exp");
    const auto not_before = moment(*claims, "nbf");
    const auto issued = moment(*claims, "iat");
    const auto role = role_of(*claims);
    if (!expires || !not_before || !issued || !expires->has_value() || !role) return Errc::malformed;
    if (!is_meant_for_us(*claims)) return Errc::malformed;
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
    return keys_->all.front().sign(claims);
}

}  // namespace stockcast
