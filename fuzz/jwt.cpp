// A token verifies only if it was signed with this key, and what was signed comes back.
#include "stockcast/http/jwt.hpp"

#include "http/base64url.hpp"
#include "http/jws.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace stockcast;

namespace {

void require(bool held) {
    if (!held) std::abort();
}

const std::string secret = "a key of the fuzzer, 32 bytes up";
const Instant now = Instant::from_unix_ms(1'737'374'400'000);
const Instant latest = Instant::from_unix_ms(253'402'300'798'000);  // a second more is still in the year 9999

/// Nobody guesses a signature: what verifies must be, byte for byte, what signing its own header and payload gives.
void check_as_token(std::string_view text) {
    static const auto key = *JwsKey::secret(secret);
    static const auto keys = *JwtKeys::hs256(secret);
    const auto payload = key.verified_payload(text);
    const auto caller = keys.verify(text, now);
    require(payload || !caller);
    if (!payload) return;
    const auto again = key.sign(*payload);
    require(again && *key.verified_payload(*again) == *payload);
    require(text.substr(text.find('.') + 1, to_base64url(*payload).size()) == to_base64url(*payload));
}

/// The same bytes as claims under a good signature: whatever is accepted has an end that is still to come and can be
/// signed anew with the same outcome.
void check_as_claims(std::string_view text) {
    static const auto key = *JwsKey::secret(secret);
    static const auto keys = *JwtKeys::hs256(secret);
    const auto token = key.sign(text);
    require(token.has_value());
    const auto payload = key.verified_payload(*token);
    require(payload ? *payload == text : token->size() > JwsKey::token_bytes_max);

    const auto caller = keys.verify(*token, now);
    if (!caller) return;
    require(caller->expires + jwt_skew > now);
    // A control character grows sixfold in JSON, and the whole must stay below the bound of a token.
    if (caller->subject.size() > 800 || caller->expires > latest) return;
    const auto signed_anew = keys.sign(caller->role, caller->subject, now, caller->expires + std::chrono::seconds{1});
    require(signed_anew.has_value());
    const auto back = keys.verify(*signed_anew, now);
    require(back && back->role == caller->role && back->subject == caller->subject);
    require(back->expires >= caller->expires && back->expires <= caller->expires + std::chrono::seconds{1});
}

void check_as_base64url(std::string_view text) {
    const auto bytes = from_base64url(text);
    if (bytes) require(to_base64url(*bytes) == text);
    const auto back = from_base64url(to_base64url(text));
    require(back && *back == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_as_token(text);
    check_as_claims(text);
    check_as_base64url(text);
    return 0;
}
