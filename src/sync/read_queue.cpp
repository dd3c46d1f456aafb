#include "sync/read_queue.hpp"

#include <algorithm>

namespace stockcast {

bool ReadQueue::add(const ProductId& product, WaitingRead read) {
    if (const auto known = reads_.find(product); known != reads_.end()) {
        by_due_.erase({known->second.due, product});
        known->second.due = std::min(known->second.due, read.due);
        known->second.attempts = std::max(known->second.attempts, read.attempts);
        known->second.alone = known->second.alone || read.alone;
        by_due_.emplace(known->second.due, product);
        return true;
    }
    if (reads_.size() >= max_) return false;
    by_due_.emplace(read.due, product);
    reads_.emplace(product, read);
    return true;
}

bool ReadQueue::remove(const ProductId& product) {
    const auto known = reads_.find(product);
    if (known == reads_.end()) return false;
    by_due_.erase({known->second.due, product});
    reads_.erase(known);
    return true;
}

std::optional<Steady> ReadQueue::next_due() const {
    if (by_due_.empty()) return std::nullopt;
    return by_due_.begin()->first;
}

std::vector<std::pair<ProductId, WaitingRead>> ReadQueue::take_due(Steady now, std::size_t max) {
    std::vector<std::pair<ProductId, WaitingRead>> taken;
    while (!by_due_.empty() && taken.size() < max && by_due_.begin()->first <= now) {
        const auto product = by_due_.begin()->second;
        const auto read = reads_.at(product);
        if (read.alone && !taken.empty()) break;
        remove(product);
        taken.emplace_back(product, read);
        if (read.alone) break;
    }
    return taken;
}

}  // namespace stockcast
