#pragma once

#include "stockcast/base/result.hpp"

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

    /// Who really asks: the peer, or, where that is a trusted proxy, the last address of `forwarded_for` that is none.
    /// What stands further left in that header anyone can have written.
    std::string client(std::string_view peer, std::string_view forwarded_for) const;
    bool contains(std::string_view address) const;
    bool operator==(const TrustedProxies&) const = default;

private:
    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace stockcast
