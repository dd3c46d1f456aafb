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

/// The generic cell rate algorithm of one source (ITU-T I.371; RFC 2697 counts the same as a bucket): one moment, before
/// which everything granted so far would have come at the steady rate. Bursts of twice a second's worth.
class Gcra {
public:
    /// Takes one request. When it comes too early: how long until it does not; nothing is taken then.
    std::optional<std::chrono::seconds> charge(const RateLimit& limit, Steady now);

private:
    Steady granted_until_{};
};

/// A limit for each key. Its memory is bounded: of the keys, those not heard of for longest are forgotten, so a flood
/// of addresses can't grow it.
class RateLimiter {
public:
    static constexpr std::size_t keys_max = 20'000;

    explicit RateLimiter(RateLimit limit) : limit_(limit) {}

    std::optional<std::chrono::seconds> charge(const std::string& key, Steady now);
    std::size_t keys() const { return recent_.size() + older_.size(); }

private:
    Gcra& source(const std::string& key);

    RateLimit limit_;
    // Two generations instead of an order of use: what is asked for moves to the younger one; when that is full, the
    // older one goes as a whole. No look-up ever has to search for what to drop.
    using Sources = std::unordered_map<std::string, Gcra>;
    Sources recent_;
    Sources older_;
};

/// The part of an address that one customer of a network holds: all of IPv4, the first 64 bits of IPv6.
std::string limiter_key(std::string_view address);

}  // namespace stockcast
