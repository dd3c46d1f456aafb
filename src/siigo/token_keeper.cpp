#include "siigo/token_keeper.hpp"

#include "stockcast/model/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace stockcast::siigo {
namespace {

using std::chrono::seconds;

constexpr seconds shortest_life{1};
constexpr seconds longest_life{24 * 3600};  ///< also where `expires_in` is in milliseconds, as the Blueprint says
constexpr seconds assumed_life{3600};
constexpr std::size_t token_bytes_max = 16 * 1024;

std::optional<std::string> decode_base64url(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned held = 0;
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    for (char c : text) {
        std::uint32_t value = 0;
        if (c >= 'A' && c <= 'Z') {
            value = static_cast<std::uint32_t>(c - 'A');
        } else if (c >= 'a' && c <= 'z') {
            value = static_cast<std::uint32_t>(c - 'a' + 26);
        } else if (c >= '0' && c <= '9') {
            value = static_cast<std::uint32_t>(c - '0' + 52);
        } else if (c == '-' || c == '+') {
            value = 62;
        } else if (c == '_' || c == '/') {
            value = 63;
        } else {
            return std::nullopt;
        }
        bits = (bits << 6U | value) & 0xFFFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xFFU);
        }
    }
    return out;
}

seconds life_of(const Json* expires_in) {
    if (expires_in == nullptr) return assumed_life;
    const auto number = Quantity::from_json(*expires_in);
    if (!number) return assumed_life;
    if (*number >= Quantity{longest_life.count()}) return longest_life;
    const auto text = number->to_string();
    std::int64_t whole = 0;
    std::from_chars(text.data(), text.data() + text.size(), whole);  // up to the point, if there is one
    return std::max(seconds{whole}, shortest_life);
}

bool is_token_text(std::string_view text) {
    const auto visible = [](char c) { return c > ' ' && c <= '~'; };
    return !text.empty() && text.size() <= token_bytes_max && std::all_of(text.begin(), text.end(), visible);
}

}  // namespace

std::string company_key_of(std::string_view jwt) {
    const auto first = jwt.find('.');
    if (first == std::string_view::npos) return {};
    const auto second = jwt.find('.', first + 1);
    if (second == std::string_view::npos) return {};
    const auto claims = decode_base64url(jwt.substr(first + 1, second - first - 1));
    if (!claims) return {};
    const auto json = parse_json(*claims);
    if (!json) return {};
    const Json* key = json->find("cloud_tenant_company_key");
    return key != nullptr && key->if_string() != nullptr ? *key->if_string() : std::string{};
}

Result<TokenAnswer> read_token(const Json& body) {
    const Json* token = body.find("access_token");
    if (token == nullptr || token->if_string() == nullptr || !is_token_text(*token->if_string()))
        return Errc::malformed;
    return TokenAnswer{.token = *token->if_string(),
                       .life = life_of(body.find("expires_in")),
                       .company_key = company_key_of(*token->if_string())};
}

TokenKeeper::Need TokenKeeper::need(Steady now) const {
    if (token_.empty() || now >= ends_) return Need::token;
    return now >= renew_at_ ? Need::early_renewal : Need::nothing;
}

void TokenKeeper::keep(TokenAnswer answer, Steady now) {
    token_ = std::move(answer.token);
    if (!answer.company_key.empty()) company_key_ = std::move(answer.company_key);
    obtained_ = now;
    renew_at_ = now + answer.life * 5 / 6;
    ends_ = now + answer.life;
    proven_ = false;
}

bool TokenKeeper::refused(Steady now) {
    const bool worth_another = !is_fresh(now);
    token_.clear();
    return worth_another;
}

}  // namespace stockcast::siigo
