#pragma once

#include "bench/histogram.hpp"
#include "bench/order.hpp"
#include "bench/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace stockcast::bench {

/// Matches what each of many clients is sent with what was triggered. A change's place is its number in the order that
/// all clients are to see; a trigger's number tells when it was sent.
class Deliveries {
public:
    explicit Deliveries(std::size_t clients) : order_(clients) {}

    /// The client is to get the change at `place`, and all after it.
    void begin(std::size_t client, std::uint64_t place) { order_.begin(client, place); }
    /// The next trigger, from 0.
    void triggered(Time at);
    /// The client got the change at `place`. Without a trigger it is somebody else's, and only its order counts.
    void seen(std::size_t client, std::uint64_t place, std::optional<std::uint64_t> trigger, Time at);
    /// Forgets the figures so far; what is under way stays expected.
    void begin_measuring(Time at);

    std::uint64_t in_flight() const { return triggers_.size() - everywhere_; }  ///< triggered, and not with all clients
    std::uint64_t everywhere() const { return everywhere_; }
    std::uint64_t delivered() const { return delays_.count(); }
    const Histogram& delays() const { return delays_; }  ///< from trigger to client
    /// While at least one change was with some clients and not yet with all.
    std::chrono::nanoseconds flowing() const { return flowing_; }

    std::uint64_t missing() const;  ///< of all that was triggered, at all clients
    std::uint64_t doubled() const { return order_.doubled(); }
    std::uint64_t reordered() const { return order_.reordered(); }
    bool is_flawless() const { return missing() == 0 && doubled() == 0 && reordered() == 0; }

private:
    struct Trigger {
        Time at;
        std::size_t left = 0;  ///< clients that do not have it
    };

    Order order_;
    std::vector<Trigger> triggers_;
    std::uint64_t everywhere_ = 0;
    std::uint64_t arriving_ = 0;  ///< with some clients, not yet with all
    Time flows_since_;
    std::chrono::nanoseconds flowing_{};
    Histogram delays_;
};

}  // namespace stockcast::bench
