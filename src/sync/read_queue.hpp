#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/model/ids.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace stockcast {

/// A product that waits to be read.
struct WaitingRead {
    Steady due;
    unsigned attempts = 0;  ///< that told nothing of this very product
    bool alone = false;     ///< it may be what spoils a request for several
};

/// Products that wait to be read, each once, in the order in which they are due; bounded. Pure.
class ReadQueue {
public:
    explicit ReadQueue(std::size_t max) : max_(max) {}

    /// Coalesced by product: the earlier of two times counts. False: it is full, nothing was taken.
    bool add(const ProductId& product, WaitingRead read);
    bool remove(const ProductId& product);
    bool contains(const ProductId& product) const { return reads_.contains(product); }
    std::optional<Steady> next_due() const;
    std::size_t size() const { return reads_.size(); }

    /// Takes out up to `max` that are due: one that must be asked for alone comes by itself.
    std::vector<std::pair<ProductId, WaitingRead>> take_due(Steady now, std::size_t max);

private:
    std::size_t max_;
    std::map<ProductId, WaitingRead> reads_;
    std::set<std::pair<Steady, ProductId>> by_due_;
};

}  // namespace stockcast
