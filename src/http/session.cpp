#include "http/session.hpp"

#include "http/origin.hpp"
#include "http/text.hpp"

#include <algorithm>

namespace stockcast {
namespace {

constexpr std::size_t number_bytes_max = 64;

std::string_view cookie_name(const ApiSettings& settings, const HttpRequest& head) {
    return settings.trusted_proxies.is_secure(head) ? "__Host-stockcast" : "stockcast";
}

/// The value of the cookie of that name (RFC 6265 §4.2). Twice: an empty one, since somebody else has set one of them.
std::optional<std::string_view> cookie(const HttpFields& fields, std::string_view name) {
    std::optional<std::string_view> found;
    for (const auto& [field, value] : fields.all()) {
        if (!equal_without_case(field, "Cookie")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto end = std::min(rest.find(';'), rest.size());
            const auto pair = trimmed(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!pair.starts_with(name) || pair.size() <= name.size() || pair[name.size()] != '=') continue;
            found = found ? std::string_view{} : pair.substr(name.size() + 1);
        }
    }
    return found;
}

}  // namespace

std::optional<ShownSession> shown_session(const ApiSettings& settings, const HttpRequest& head) {
    const auto value = cookie(head.fields, cookie_name(settings, head));
    if (!value) return std::nullopt;
    const auto dot = value->find('.');
    if (dot == std::string_view::npos || dot > number_bytes_max) return ShownSession{};
    return ShownSession{value->substr(0, dot), value->substr(dot + 1)};
}

std::string session_cookie(const ApiSettings& settings, const HttpRequest& head, std::string_view number,
                           std::string_view token, std::chrono::seconds lasts) {
    std::string cookie{cookie_name(settings, head)};
    cookie.append("=");
    if (!token.empty()) cookie.append(number).append(".").append(token);
    cookie.append("; Path=/; Max-Age=").append(std::to_string(lasts.count())).append("; HttpOnly; SameSite=Strict");
    if (settings.trusted_proxies.is_secure(head)) cookie += "; Secure";
    return cookie;
}

bool comes_from_own_page(const ApiSettings& settings, const HttpRequest& head) {
    const bool changes_nothing = head.method == "GET" || head.method == "HEAD";
    if (head.fields.has("Origin"))
        return head.fields.count("Origin") == 1 && is_own_origin(settings, head, head.fields.get("Origin"));
    const auto site = head.fields.get("Sec-Fetch-Site");
    if (site.empty()) return changes_nothing;
    return site == "same-origin" || (site == "none" && changes_nothing);
}

void EndedSessions::add(std::string_view number, Instant expires, Instant now) {
    if (number.empty() || expires <= now || contains(number)) return;
    while (!by_expiry_.empty() && (by_expiry_.begin()->first <= now || by_expiry_.size() >= kept_max)) {
        expires_of_.erase(by_expiry_.begin()->second);
        by_expiry_.erase(by_expiry_.begin());
    }
    expires_of_.emplace(number, expires);
    by_expiry_.emplace(expires, number);
}

}  // namespace stockcast
