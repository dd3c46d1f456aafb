#include "sim/tokens.hpp"

#include "stockcast/base/json.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace stockcast::sim {
namespace {

constexpr std::size_t issued_max = 1000;

std::string base64url(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    while (!text.empty() && text.back() == '=') text.pop_back();
    return text;
}

}  // namespace

std::string Tokens::issue(const std::string& company_key, const std::string& username, std::chrono::seconds lifetime,
                          Steady now, Instant wall) {
    const std::int64_t issued_at = wall.unix_ms() / 1000;
    std::string claims;
    JsonObjectWriter writer{claims};
    writer.number("nbf", issued_at).number("exp", issued_at + lifetime.count());
    writer.string("iss", "http://ms-security:5000").string("client_id", "SiigoAPI").string("name", username);
    writer.string("cloud_tenant_company_key", company_key).string("jti", random_.token(16));
    writer.close();
    // Nobody but the issuer checks it, and the issuer looks the whole up: random bytes do as a signature.
    std::string token = base64url(R"({"alg":"RS256","typ":"JWT"})") + '.' + base64url(claims) + '.' + random_.token(64);

    if (issued_.size() >= issued_max) issued_.pop_front();
    issued_.push_back({token, now + lifetime});
    return token;
}

bool Tokens::is_valid(std::string_view token, Steady now) const {
    return std::any_of(issued_.begin(), issued_.end(),
                       [&](const Token& issued) { return issued.text == token && now < issued.expires; });
}

}  // namespace stockcast::sim
