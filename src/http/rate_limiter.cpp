#include "http/rate_limiter.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace stockcast {
namespace {

Steady::duration in_ticks(double seconds) {
    return std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>{seconds});
}

}  // namespace

std::optional<std::chrono::seconds> Gcra::charge(const RateLimit& limit, Steady now) {
    if (limit.per_second <= 0) return std::nullopt;
    const auto burst = std::max(1.0, 2 * limit.per_second);
    const auto spacing = in_ticks(1 / limit.per_second);
    const auto ahead_max = in_ticks((burst - 1) / limit.per_second);

    const auto granted = std::max(granted_until_, now);
    if (const auto early = granted - now - ahead_max; early > Steady::duration{0})
        return std::max(std::chrono::ceil<std::chrono::seconds>(early), std::chrono::seconds{1});
    granted_until_ = granted + spacing;
    return std::nullopt;
}

Gcra& RateLimiter::source(const std::string& key) {
    if (const auto found = recent_.find(key); found != recent_.end()) return found->second;
    if (recent_.size() >= keys_max / 2) {
        older_ = std::move(recent_);
        recent_ = {};
    }
    Gcra next;
    if (const auto found = older_.find(key); found != older_.end()) {
        next = found->second;
        older_.erase(found);
    }
    return recent_.emplace(key, next).first->second;
}

std::optional<std::chrono::seconds> RateLimiter::charge(const std::string& key, Steady now) {
    if (limit_.per_second <= 0) return std::nullopt;
    return source(key).charge(limit_, now);
}

std::string limiter_key(std::string_view address) {
    boost::system::error_code bad;
    const auto read = boost::asio::ip::make_address(address, bad);
    if (bad || read.is_v4() || read.to_v6().is_v4_mapped()) return std::string{address};
    const auto bytes = read.to_v6().to_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), 8};
}

}  // namespace stockcast
