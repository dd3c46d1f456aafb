#include "bench/deliveries.hpp"

namespace stockcast::bench {

void Deliveries::triggered(Time at) {
    triggers_.push_back({at, order_.clients()});
}

void Deliveries::seen(std::size_t client, std::uint64_t place, std::optional<std::uint64_t> trigger, Time at) {
    if (!order_.take(client, place) || !trigger || *trigger >= triggers_.size()) return;
    auto& it = triggers_[*trigger];
    if (it.left == 0) return;
    if (it.left == order_.clients() && arriving_++ == 0) flows_since_ = at;
    delays_.add(at - it.at);
    if (--it.left > 0) return;
    ++everywhere_;
    if (--arriving_ == 0) flowing_ += at - flows_since_;
}

void Deliveries::begin_measuring(Time at) {
    delays_ = {};
    flowing_ = {};
    flows_since_ = at;
}

std::uint64_t Deliveries::missing() const {
    std::uint64_t count = 0;
    for (const auto& trigger : triggers_) count += trigger.left;
    return count;
}

}  // namespace stockcast::bench
