#include "bench/order.hpp"

namespace stockcast::bench {

bool Order::take(std::size_t client, std::uint64_t place) {
    auto& next = next_[client];
    if (place >= next) {
        for (; next < place; ++next) passed_over_[client].insert(next);
        ++next;
        return true;
    }
    const auto found = passed_over_.find(client);
    if (found == passed_over_.end() || found->second.erase(place) == 0) {
        ++doubled_;
        return false;
    }
    ++reordered_;
    return true;
}

std::uint64_t Order::passed_over() const {
    std::uint64_t count = 0;
    for (const auto& [client, places] : passed_over_) count += places.size();
    return count;
}

}  // namespace stockcast::bench
