#pragma once

#include "bench/histogram.hpp"
#include "bench/notification.hpp"
#include "bench/socket.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

namespace stockcast::bench {

struct LoopSettings {
    unsigned connections = 64;
    std::chrono::milliseconds warm_up{1'000};  ///< not measured
    std::chrono::milliseconds measured{10'000};
};

struct LoopResult {
    double seconds = 0;
    Histogram answered;                           ///< from the first byte sent to the last one received
    std::map<unsigned, std::uint64_t> by_status;  ///< of what was measured
    double per_second() const { return seconds > 0 ? static_cast<double>(answered.count()) / seconds : 0; }
    std::uint64_t refused() const;  ///< other than 2xx
};

/// Closed loop on kept connections, one request under way on each: the next is sent when the answer is there. `next`
/// gives the bytes of one whole request. One thread over epoll. Throws when the server goes away or does not answer for
/// 30 s.
LoopResult run_closed_loop(const Address& address, const LoopSettings& settings,
                           const std::function<std::string_view()>& next);

/// The first `products` of the notifications, so that none of them is news by being new. Throws when one is refused.
/// The number of the next.
std::uint64_t send_each_once(const Address& address, Notifications& notifications, unsigned products);

}  // namespace stockcast::bench
