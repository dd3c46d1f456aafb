#include "http/access.hpp"

#include "http/answer.hpp"
#include "http/digest.hpp"
#include "http/text.hpp"

#include <algorithm>
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
      secrets_(settings.webhook_secrets),
      by_token_(settings.rate_limit_api),
      by_address_(settings.rate_limit_open) {}

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
    const auto now = clock_.now();
    const auto address = settings_.trusted_proxies.client(head.peer, head.fields);
    if (const auto wait = by_address_.charge(limiter_key(address), now)) return too_often(*wait);
    const RateLimit in_all{open_addresses * settings_.rate_limit_open.per_second};
    if (const auto wait = open_in_all_.charge(in_all, now)) return too_often(*wait);
    return std::nullopt;
}

std::optional<HttpResponse> Access::refusal(const HttpRequest& head, const Query& query, Entry entry,
                                            std::string_view secret, std::optional<Caller>& caller) {
    if (entry == Entry::health) return std::nullopt;
    if (entry == Entry::secret) {
        if (secrets_.accepts(secret, clock_.now())) return std::nullopt;
        if (auto refused = limit_by_address(head)) return refused;
        return problem(401, "This is not the address that SIIGO was given");
    }
    if (entry == Entry::open) return limit_by_address(head);

    if (const auto* ticket = query.find("ticket"); ticket != nullptr && entry == Entry::stream)
        return by_ticket(head, *ticket, caller);
    if (const auto shown = shown_token(head, query, entry)) return by_token(head, shown->token, entry, caller);
    const bool is_public = entry == Entry::stream && settings_.stream_public;  // a page can't leave out an old cookie
    if (const auto session = shown_session(settings_, head); session && !is_public)
        return by_session(head, *session, entry, caller);

    if (auto refused = limit_by_address(head)) return refused;
    if (is_public) return std::nullopt;
    return unauthorized(R"(Bearer realm="stockcast")", "A token is needed: Authorization: Bearer <JWT>");
}

std::optional<HttpResponse> Access::by_token(const HttpRequest& head, std::string_view token, Entry entry,
                                             std::optional<Caller>& caller) {
    const auto digest = sha256_of(token);
    auto verdict = verified(token, digest);
    if (!verdict) {
        if (auto refused = limit_by_address(head)) return refused;
        return bad_token(verdict.error());
    }
    if (const auto wait = by_token_.charge(digest, clock_.now())) return too_often(*wait);
    caller = *std::move(verdict);
    if (entry == Entry::admin && caller->role < Role::admin) {
        auto response = problem(403, "This takes the role admin");
        response.fields.add("WWW-Authenticate", R"(Bearer realm="stockcast", error="insufficient_scope")");
        return response;
    }
    return std::nullopt;
}

std::optional<HttpResponse> Access::by_ticket(const HttpRequest& head, std::string_view ticket,
                                              std::optional<Caller>& caller) {
    auto holder = tickets_.redeem(ticket, clock_.now());
    if (!holder) {
        if (auto refused = limit_by_address(head)) return refused;
        return unauthorized(R"(Bearer realm="stockcast", error="invalid_token")",
                            "The ticket was used already, is older than 30 s, or was never given out");
    }
    if (const auto wait = by_token_.charge(holder->token_digest, clock_.now())) return too_often(*wait);
    caller = std::move(holder->caller);
    return std::nullopt;
}

std::optional<HttpResponse> Access::by_session(const HttpRequest& head, const ShownSession& session, Entry entry,
                                               std::optional<Caller>& caller) {
    if (!comes_from_own_page(settings_, head)) {
        if (auto refused = limit_by_address(head)) return refused;
        return problem(403,
                       "A session's cookie counts for this server's own pages alone: Origin or Sec-Fetch-Site must say "
                       "that the request comes from one");
    }
    if (ended_.contains(session.number)) {
        if (auto refused = limit_by_address(head)) return refused;
        return unauthorized(R"(Bearer realm="stockcast", error="invalid_token")", "The session was ended");
    }
    return by_token(head, session.token, entry, caller);
}

std::optional<std::string_view> Access::session_token(const HttpRequest& head) const {
    if (head.fields.count("Authorization") != 1) return std::nullopt;
    return bearer_in(head.fields.get("Authorization"));
}

void Access::end_session(const HttpRequest& head) {
    const auto session = shown_session(settings_, head);
    if (!session) return;
    const auto caller = verified(session->token, sha256_of(session->token));
    if (caller) ended_.add(session->number, caller->expires + jwt_skew, clock_.wall());
}

Result<std::string> Access::issue_ticket(const HttpRequest& head, const Caller& caller, Random& random) {
    const auto session = shown_session(settings_, head);
    const auto token = session_token(head);
    const auto shown = token ? *token : session ? session->token : std::string_view{};
    return tickets_.issue({caller, sha256_of(shown)}, random, clock_.now());
}

}  // namespace stockcast
