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

bool TrustedProxies::contains(std::string_view address) const {
    const auto read = read_address(address);
    if (!read) return false;
    return read->is_v4() ? is_within(read->to_v4(), v4_) : is_within(read->to_v6(), v6_);
}

std::string TrustedProxies::client(std::string_view peer, std::string_view forwarded_for) const {
    std::string_view nearest = peer;
    while (contains(nearest) && !forwarded_for.empty()) {
        const auto comma = forwarded_for.rfind(',');
        const auto entry = trimmed(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1));
        if (!read_address(entry)) break;  // no address: whoever wrote it, nothing left of it can be believed either
        nearest = entry;
        forwarded_for = comma == std::string_view::npos ? std::string_view{} : forwarded_for.substr(0, comma);
    }
    return std::string{nearest};
}

}  // namespace stockcast
