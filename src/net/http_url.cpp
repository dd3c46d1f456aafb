#include "net/http_syntax.hpp"

#include "stockcast/net/connector.hpp"

#include <algorithm>
#include <charconv>

namespace stockcast {

namespace {

std::uint16_t default_port(bool secure) {
    return secure ? 443 : 80;
}

bool is_path_character(char c) {
    return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '\\';
}

}  // namespace

Result<HttpUrl> HttpUrl::parse(std::string_view text) {
    HttpUrl url;
    const auto takes = [&text](std::string_view scheme) {
        if (text.size() < scheme.size() || !http_syntax::equal_ignoring_case(text.substr(0, scheme.size()), scheme))
            return false;
        text.remove_prefix(scheme.size());
        return true;
    };
    url.endpoint.secure = takes("https://");
    if (!url.endpoint.secure && !takes("http://")) return Errc::malformed;

    const auto authority = text.substr(0, std::min(text.find('/'), text.size()));
    auto path = text.substr(authority.size());
    // is_host() lets sub-delimiters pass that names may have in theory; `%` would need decoding, which nobody uses.
    if (!http_syntax::is_host(authority) || authority.find('%') != std::string_view::npos) return Errc::malformed;
    if (!std::all_of(path.begin(), path.end(), is_path_character)) return Errc::malformed;

    const auto host_end =
        authority.starts_with('[') ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
    const auto host = authority.substr(0, host_end);
    const auto port = authority.substr(host_end);
    url.endpoint.host = host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
    url.endpoint.port = default_port(url.endpoint.secure);
    if (!port.empty()) {
        const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), url.endpoint.port);
        if (error != std::errc{} || end != port.data() + port.size() || url.endpoint.port == 0) return Errc::malformed;
    }

    while (path.ends_with('/')) path.remove_suffix(1);
    url.path = path;
    return url;
}

std::string HttpUrl::host_field() const {
    const bool literal = endpoint.host.find(':') != std::string::npos;
    std::string field = literal ? "[" + endpoint.host + "]" : endpoint.host;
    if (endpoint.port != default_port(endpoint.secure)) field += ":" + std::to_string(endpoint.port);
    return field;
}

}  // namespace stockcast
