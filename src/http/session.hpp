#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/instant.hpp"
#include "stockcast/http/api.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// A browser's way in: a cookie that holds a number of its own and the token itself. The token, not a row of a table
/// here: so a session lasts over a restart, ends with its token or with the key that signed it, and costs no memory.
/// What a table would add, an end before the token's, is `EndedSessions`: these are few and small.
struct ShownSession {
    std::string_view number;  ///< tells apart the sessions that one token opened
    std::string_view token;
};
/// Nothing: the request carries no such cookie. One that is unreadable, or stands twice, has an empty token.
std::optional<ShownSession> shown_session(const ApiSettings& settings, const HttpRequest& head);

/// Longer ones are more than browsers keep (RFC 6265 §6.1: 4,096 bytes with name and attributes).
inline constexpr std::size_t session_token_bytes_max = 3'600;

/// The Set-Cookie that opens a session, or, with `Max-Age=0`, ends it. HttpOnly, SameSite=Strict; over TLS also Secure,
/// with the prefix `__Host-` (then no page of a neighbouring name can have set it).
std::string session_cookie(const ApiSettings& settings, const HttpRequest& head, std::string_view number,
                           std::string_view token, std::chrono::seconds lasts);

/// Whether a request that a cookie came with is from a page of this server, or from no page at all: what changes
/// something must prove it by its Origin or `Sec-Fetch-Site: same-origin` (that is our CSRF protection, beside SameSite).
bool comes_from_own_page(const ApiSettings& settings, const HttpRequest& head);

/// Numbers of sessions that were ended before their token; each is kept until that has expired, and of too many those
/// that expire first go.
class EndedSessions {
public:
    static constexpr std::size_t kept_max = 4'096;

    void add(std::string_view number, Instant expires, Instant now);
    bool contains(std::string_view number) const { return expires_of_.find(number) != expires_of_.end(); }
    std::size_t size() const { return expires_of_.size(); }

private:
    std::map<std::string, Instant, std::less<>> expires_of_;
    std::multimap<Instant, std::string> by_expiry_;
};

}  // namespace stockcast
