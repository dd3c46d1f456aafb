#pragma once

#include "stockcast/base/result.hpp"
#include "stockcast/net/http_message.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// How often one token, or one address, may ask: a steady rate with bursts of twice as many (interface.md,
/// RATE_LIMIT_…).
struct RateLimit {
    double per_second = 0;  ///< 0: no limit
    /// `200/s`, `600/m`, or `0`. Errors: `malformed`; `out_of_bounds` above a million a second.
    static Result<RateLimit> parse(std::string_view text);
    bool operator==(const RateLimit&) const = default;
};

/// The proxies whose `X-Forwarded-For` is believed (TRUSTED_PROXIES).
class TrustedProxies {
public:
    TrustedProxies() = default;  ///< none
    /// Addresses or networks (`10.0.0.0/8`, `2001:db8::/32`). Errors: `malformed`.
    static Result<TrustedProxies> parse(const std::vector<std::string>& entries);

    /// Who really asks: the peer, or, where that is a trusted proxy, the last address of `X-Forwarded-For` (all its
    /// fields, in their order) that is none. What stands further left anyone can have written. An entry may carry a
    /// port (`198.51.100.4:5123`, `[2001:db8::1]:443`); one that is no address ends the search.
    std::string client(std::string_view peer, const HttpFields& fields) const;
    /// Whether the client spoke TLS: to us, or to a trusted proxy that says so (`X-Forwarded-Proto`).
    bool is_secure(const HttpRequest& head) const;
    bool contains(std::string_view address) const;
    bool operator==(const TrustedProxies&) const = default;

private:
    bool is_trusted(const boost::asio::ip::address& address) const;

    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace stockcast
