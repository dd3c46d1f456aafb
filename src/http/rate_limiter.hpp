#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/http/limits.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stockcast {

/// A bucket of tokens for each key, filled at the limit's rate up to twice a second's worth. Its memory is bounded: of
/// the keys, those not heard of for longest are forgotten, so a flood of addresses can't grow it.
class RateLimiter {
public:
    static constexpr std::size_t keys_max = 20'000;

    explicit RateLimiter(RateLimit limit) : limit_(limit) {}

    /// Takes one request out of the key's bucket. When there is none: how long until there is.
    std::optional<std::chrono::seconds> charge(const std::string& key, Steady now);
    std::size_t keys() const { return recent_.size() + older_.size(); }

private:
    struct Bucket {
        double requests = 0;
        Steady filled;
    };
    using Buckets = std::unordered_map<std::string, Bucket>;
    Bucket& bucket(const std::string& key, Steady now);
    double burst() const;

    RateLimit limit_;
    // Two generations instead of an order of use: what is asked for moves to the younger one; when that is full, the
    // older one goes as a whole. No look-up ever has to search for what to drop.
    Buckets recent_;
    Buckets older_;
};

/// The part of an address that one customer of a network holds: all of IPv4, the first 64 bits of IPv6.
std::string limiter_key(std::string_view address);

}  // namespace stockcast
