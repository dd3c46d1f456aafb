#pragma once

#include "http/query.hpp"
#include "http/rate_limiter.hpp"
#include "http/route.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/http/api.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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

    /// Nothing wrong: an empty optional, and `caller` set where a token was good.
    std::optional<HttpResponse> refusal(const HttpRequest& head, const Query& query, Entry entry,
                                        std::string_view secret, std::optional<Caller>& caller);
    /// For what no route answers: limited as an open one.
    std::optional<HttpResponse> limit_by_address(const HttpRequest& head);

private:
    using Digest = std::array<unsigned char, 32>;
    static Digest sha256(std::string_view text);
    bool is_secret(std::string_view shown) const;
    Result<Caller> verified(std::string_view token, const std::string& digest);

    const ApiSettings& settings_;
    JwtKeys keys_;
    const Clock& clock_;
    std::vector<Digest> secrets_;
    // Verified tokens by digest, since ES256 and RS256 cost up to 0.1 ms a request. Emptied when full: then all are
    // merely verified again.
    static constexpr std::size_t verified_max = 1'024;
    std::unordered_map<std::string, Caller> verified_;
    RateLimiter by_token_;
    RateLimiter by_address_;
};

}  // namespace stockcast
