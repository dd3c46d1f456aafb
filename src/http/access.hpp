#pragma once

#include "http/query.hpp"
#include "http/rate_limiter.hpp"
#include "http/route.hpp"
#include "http/session.hpp"
#include "http/stream_tickets.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/http/api.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stockcast {

/// The token that a request shows, and where. A browser can set no header on a WebSocket: there it also counts in
/// `?access_token=` or as the subprotocol `bearer.<JWT>`, which then has to be the chosen one.
struct ShownToken {
    std::string_view token;
    std::string_view subprotocol;  ///< to be echoed; empty: none was offered
};
/// Nothing: none is shown. Something unreadable in Authorization counts as an empty token.
std::optional<ShownToken> shown_token(const HttpRequest& head, const Query& query, Entry entry);

/// Who may do what, and how often: one place for all routes.
class Access {
public:
    Access(const ApiSettings& settings, JwtKeys keys, const Clock& clock);

    /// Nothing wrong: an empty optional. `caller` is set where a token was good, also when its role is not enough.
    std::optional<HttpResponse> refusal(const HttpRequest& head, const Query& query, Entry entry,
                                        std::string_view secret, std::optional<Caller>& caller);
    /// For what no route answers: limited as an open one.
    std::optional<HttpResponse> limit_by_address(const HttpRequest& head);

    /// A token by which a session is to be opened: it must stand in Authorization. Nothing: it does not, or it is bad.
    std::optional<std::string_view> session_token(const HttpRequest& head) const;
    /// Ends the session that the request's cookie carries, if any.
    void end_session(const HttpRequest& head);
    /// A ticket in the name of whoever asks. Errors: `out_of_bounds`.
    Result<std::string> issue_ticket(const HttpRequest& head, const Caller& caller, Random& random);
    WebhookSecrets& webhook_secrets() { return secrets_; }

    /// Requests without a token from all addresses together, as so many addresses at their limit.
    static constexpr double open_addresses = 50;

private:
    Result<Caller> verified(std::string_view token, const std::string& digest);
    /// By a session's cookie or a token in the usual places.
    std::optional<HttpResponse> by_token(const HttpRequest& head, std::string_view token, Entry entry,
                                         std::optional<Caller>& caller);
    std::optional<HttpResponse> by_ticket(const HttpRequest& head, std::string_view ticket,
                                          std::optional<Caller>& caller);
    std::optional<HttpResponse> by_session(const HttpRequest& head, const ShownSession& session, Entry entry,
                                           std::optional<Caller>& caller);

    const ApiSettings& settings_;
    JwtKeys keys_;
    const Clock& clock_;
    WebhookSecrets secrets_;
    // Verified tokens by digest, since ES256 and RS256 cost up to 0.1 ms a request. Emptied when full: then all are
    // merely verified again.
    static constexpr std::size_t verified_max = 1'024;
    std::unordered_map<std::string, Caller> verified_;
    EndedSessions ended_;
    StreamTickets tickets_;
    RateLimiter by_token_;
    RateLimiter by_address_;
    Gcra open_in_all_;
};

}  // namespace stockcast
