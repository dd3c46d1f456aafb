#include "http/access.hpp"

#include "http/answer.hpp"
#include "http/text.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <utility>

namespace stockcast {
namespace {

HttpResponse unauthorized(std::string_view challenge, std::string_view detail) {
    auto response = problem(401, detail);
    response.fields.add("WWW-Authenticate", std::string{challenge});
    return response;
}

HttpResponse bad_token(boost::system::error_code why) {
    constexpr std::string_view challenge = R"(Bearer realm="stockcast", error="invalid_token")";
    if (why == Errc::timed_out) return unauthorized(challenge, "The token has expired");
    if (why == Errc::not_found) return unauthorized(challenge, "The token is not valid yet");
    return unauthorized(challenge, "The token is not one of this server's, or lacks exp or role");
}

HttpResponse too_often(std::chrono::seconds again_in) {
    return problem_for_now(429, "Too many requests", again_in);
}

std::string_view bearer_in(std::string_view authorization) {
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos || !equal_without_case(authorization.substr(0, space), "Bearer")) return {};
    return trimmed(authorization.substr(space));
}

/// The first offered subprotocol that carries a token.
std::string_view bearer_subprotocol(const HttpFields& fields) {
    for (const auto& [name, value] : fields.all()) {
        if (!equal_without_case(name, "Sec-WebSocket-Protocol")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto offered = trimmed(rest.substr(0, comma));
            if (offered.starts_with("bearer.")) return offered;
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return {};
}

}  // namespace

std::optional<ShownToken> shown_token(const HttpRequest& head, const Query& query, Entry entry) {
    ShownToken shown;
    if (entry == Entry::stream) shown.subprotocol = bearer_subprotocol(head.fields);
    if (const auto count = head.fields.count("Authorization"); count > 0) {
        if (count == 1) shown.token = bearer_in(head.fields.get("Authorization"));
        return shown;
    }
    if (entry != Entry::stream) return std::nullopt;
    if (const auto* token = query.find("access_token")) {
        shown.token = *token;
        return shown;
    }
    if (shown.subprotocol.empty()) return std::nullopt;
    shown.token = shown.subprotocol.substr(std::string_view{"bearer."}.size());
    return shown;
}

Access::Access(const ApiSettings& settings, JwtKeys keys, const Clock& clock)
    : settings_(settings),
      keys_(std::move(keys)),
      clock_(clock),
      by_token_(settings.rate_limit_api),
      by_address_(settings.rate_limit_open) {
    for (const auto& secret : settings_.webhook_secrets) {
        if (!secret.empty()) secrets_.push_back(sha256(secret));
    }
}

Access::Digest Access::sha256(std::string_view text) {
    Digest digest;
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return digest;
}

bool Access::is_secret(std::string_view shown) const {
    // Digests have one length and no likeness: neither the time of this nor of memcmp tells how near a guess came.
    const auto digest = sha256(shown);
    bool right = false;
    for (const auto& secret : secrets_) right |= CRYPTO_memcmp(secret.data(), digest.data(), digest.size()) == 0;
    return right;
}

Result<Caller> Access::verified(std::string_view token, const std::string& digest) {
    const auto now = clock_.wall();
    if (const auto known = verified_.find(digest); known != verified_.end()) {
        if (now < known->second.expires + jwt_skew) return known->second;
        verified_.erase(known);
    }
    auto caller = keys_.verify(token, now);
    if (!caller) return caller;
    if (verified_.size() >= verified_max) verified_.clear();
    verified_.emplace(digest, *caller);
    return caller;
}

std::optional<HttpResponse> Access::limit_by_address(const HttpRequest& head) {
    const auto address = settings_.trusted_proxies.client(head.peer, head.fields.get("X-Forwarded-For"));
    const auto wait = by_address_.charge(limiter_key(address), clock_.now());
    if (!wait) return std::nullopt;
    return too_often(*wait);
}

std::optional<HttpResponse> Access::refusal(const HttpRequest& head, const Query& query, Entry entry,
                                            std::string_view secret, std::optional<Caller>& caller) {
    if (entry == Entry::health) return std::nullopt;
    if (entry == Entry::secret) {
        if (is_secret(secret)) return std::nullopt;
        if (auto refused = limit_by_address(head)) return refused;
        return problem(401, "This is not the address that SIIGO was given");
    }
    if (entry == Entry::open) return limit_by_address(head);

    const auto shown = shown_token(head, query, entry);
    if (!shown) {
        if (auto refused = limit_by_address(head)) return refused;
        if (entry == Entry::stream && settings_.stream_public) return std::nullopt;
        return unauthorized(R"(Bearer realm="stockcast")", "A token is needed: Authorization: Bearer <JWT>");
    }

    const auto digest = sha256(shown->token);
    const std::string key{reinterpret_cast<const char*>(digest.data()), digest.size()};
    const auto verdict = verified(shown->token, key);
    if (!verdict) {
        if (auto refused = limit_by_address(head)) return refused;
        return bad_token(verdict.error());
    }
    if (const auto wait = by_token_.charge(key, clock_.now())) return too_often(*wait);
    if (entry == Entry::admin && verdict->role < Role::admin) {
        auto response = problem(403, "This takes the role admin");
        response.fields.add("WWW-Authenticate", R"(Bearer realm="stockcast", error="insufficient_scope")");
        return response;
    }
    caller = *verdict;
    return std::nullopt;
}

}  // namespace stockcast
