#include "sim/webhook_url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

namespace stockcast::sim {
namespace {

constexpr std::size_t url_characters_max = 2047;

bool is_loopback(const std::string& host) {
    if (host == "localhost") return true;
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    return !ec && address.is_loopback();
}

/// Addresses that no one outside can reach (RFC 1918, 3927, 4193); a name may be anything.
bool is_private_address(const std::string& host) {
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (ec) return false;
    if (address.is_unspecified() || address.is_multicast()) return true;
    if (address.is_v6()) return address.to_v6().is_link_local() || (address.to_v6().to_bytes()[0] & 0xfe) == 0xfc;
    const auto bytes = address.to_v4().to_bytes();
    return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
           (bytes[0] == 169 && bytes[1] == 254);
}

}  // namespace

std::optional<WebhookUrl> WebhookUrl::parse(std::string_view text) {
    const auto url = boost::urls::parse_uri(text);
    if (!url || !url->has_authority() || url->host().empty() || url->has_userinfo() || url->has_fragment()) {
        return std::nullopt;
    }
    const auto scheme = url->scheme_id();
    if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https) return std::nullopt;

    WebhookUrl parsed;
    parsed.endpoint.secure = scheme == boost::urls::scheme::https;
    parsed.endpoint.host = url->host_address();
    parsed.endpoint.port = parsed.endpoint.secure ? 443 : 80;
    parsed.host_field = std::string{url->encoded_host()};
    if (const std::string port{url->port()}; !port.empty()) {  // port_number() cuts what does not fit into 16 bits
        const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), parsed.endpoint.port);
        if (ec != std::errc{} || end != port.data() + port.size() || parsed.endpoint.port == 0) return std::nullopt;
        parsed.host_field = std::string{url->encoded_host_and_port()};
    }
    parsed.target = std::string{url->encoded_path()};
    if (parsed.target.empty()) parsed.target = "/";
    if (url->has_query()) parsed.target += '?' + std::string{url->encoded_query()};
    return parsed;
}

bool is_subscribable(std::string_view url, bool loopback_too) {
    if (url.size() > url_characters_max) return false;
    const auto parsed = WebhookUrl::parse(url);
    if (!parsed) return false;
    if (is_loopback(parsed->endpoint.host)) return loopback_too;
    return parsed->endpoint.secure && !is_private_address(parsed->endpoint.host);
}

}  // namespace stockcast::sim
