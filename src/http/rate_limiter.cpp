#include "http/rate_limiter.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cmath>

namespace stockcast {

double RateLimiter::burst() const {
    return std::max(1.0, 2 * limit_.per_second);
}

RateLimiter::Bucket& RateLimiter::bucket(const std::string& key, Steady now) {
    if (const auto found = recent_.find(key); found != recent_.end()) return found->second;
    if (recent_.size() >= keys_max / 2) {
        older_ = std::move(recent_);
        recent_ = {};
    }
    Bucket next{burst(), now};
    if (const auto found = older_.find(key); found != older_.end()) {
        next = found->second;
        older_.erase(found);
    }
    return recent_.emplace(key, next).first->second;
}

std::optional<std::chrono::seconds> RateLimiter::charge(const std::string& key, Steady now) {
    if (limit_.per_second <= 0) return std::nullopt;
    auto& held = bucket(key, now);
    const std::chrono::duration<double> passed = now - held.filled;
    held.requests = std::min(burst(), held.requests + passed.count() * limit_.per_second);
    held.filled = now;
    if (held.requests >= 1) {
        held.requests -= 1;
        return std::nullopt;
    }
    const double wait = std::ceil((1 - held.requests) / limit_.per_second);
    return std::chrono::seconds{static_cast<std::int64_t>(std::max(1.0, wait))};
}

std::string limiter_key(std::string_view address) {
    boost::system::error_code bad;
    const auto read = boost::asio::ip::make_address(address, bad);
    if (bad || read.is_v4() || read.to_v6().is_v4_mapped()) return std::string{address};
    const auto bytes = read.to_v6().to_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), 8};
}

}  // namespace stockcast
