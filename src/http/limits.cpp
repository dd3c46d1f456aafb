#include "stockcast/http/limits.hpp"

#include "http/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <optional>

namespace stockcast {
namespace {

namespace ip = boost::asio::ip;

/// An address as it is compared: one that reached an IPv6 socket over IPv4 is the IPv4 address.
std::optional<ip::address> read_address(std::string_view text) {
    boost::system::error_code bad;
    const auto address = ip::make_address(text, bad);
    if (bad) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

/// `198.51.100.4:5123` and `[2001:db8::1]:443` without their port; a bare IPv6 address has colons of its own.
std::string_view without_port(std::string_view entry) {
    if (entry.starts_with('[')) {
        const auto end = entry.find(']');
        return end == std::string_view::npos ? entry : entry.substr(1, end - 1);
    }
    const auto colon = entry.find(':');
    return colon == entry.rfind(':') ? entry.substr(0, colon) : entry;
}

template <class Address, class Network>
bool is_within(const Address& address, const std::vector<Network>& networks) {
    for (const auto& network : networks) {
        if (Network{address, network.prefix_length()}.network() == network.network()) return true;
    }
    return false;
}

}  // namespace

Result<RateLimit> RateLimit::parse(std::string_view text) {
    if (text == "0") return RateLimit{};
    unsigned long count = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    const std::string_view unit{rest, static_cast<std::size_t>(end - rest)};
    if (error == std::errc::result_out_of_range) return Errc::out_of_bounds;
    if (error != std::errc{} || (unit != "/s" && unit != "/m")) return Errc::malformed;
    const double per_second = static_cast<double>(count) / (unit == "/m" ? 60 : 1);
    if (per_second > 1e6) return Errc::out_of_bounds;
    return RateLimit{per_second};
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
    TrustedProxies proxies;
    for (const auto& entry : entries) {
        const bool single = entry.find('/') == std::string::npos;
        boost::system::error_code no_v4;
        boost::system::error_code no_v6;
        const auto v4 = ip::make_network_v4(single ? entry + "/32" : entry, no_v4);
        const auto v6 = ip::make_network_v6(single ? entry + "/128" : entry, no_v6);
        if (no_v4 && no_v6) return Errc::malformed;
        if (no_v4)
            proxies.v6_.push_back(v6);
        else
            proxies.v4_.push_back(v4);
    }
    return proxies;
}

bool TrustedProxies::is_trusted(const ip::address& address) const {
    return address.is_v4() ? is_within(address.to_v4(), v4_) : is_within(address.to_v6(), v6_);
}

bool TrustedProxies::contains(std::string_view address) const {
    const auto read = read_address(address);
    return read && is_trusted(*read);
}

std::string TrustedProxies::client(std::string_view peer, const HttpFields& fields) const {
    const auto own = read_address(peer);
    if (!own) return std::string{peer};
    auto nearest = *own;
    // From the last field to the first: a proxy that does not join what came with its own adds a field at the end.
    const auto& all = fields.all();
    for (auto field = all.rbegin(); field != all.rend(); ++field) {
        if (!equal_without_case(field->first, "X-Forwarded-For")) continue;
        std::string_view rest = field->second;
        for (bool more = true; more;) {
            if (!is_trusted(nearest)) return nearest.to_string();
            const auto comma = rest.rfind(',');
            more = comma != std::string_view::npos;
            const auto entry = read_address(without_port(trimmed(more ? rest.substr(comma + 1) : rest)));
            // No address: whoever wrote it, nothing left of it can be believed either.
            if (!entry) return nearest.to_string();
            nearest = *entry;
            rest = rest.substr(0, more ? comma : 0);
        }
    }
    return nearest.to_string();
}

bool TrustedProxies::is_secure(const HttpRequest& head) const {
    if (head.secure) return true;
    return head.fields.count("X-Forwarded-Proto") == 1 && contains(head.peer) &&
           equal_without_case(trimmed(head.fields.get("X-Forwarded-Proto")), "https");
}

}  // namespace stockcast
