#pragma once

#include "support/builders.hpp"
#include "sync/page_walk.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace stockcast::test {

/// SIIGO's listing as a model: newest created first; products come and go between two requests.
class Listing {
public:
    explicit Listing(std::uint64_t products) {
        for (std::uint64_t n = 1; n <= products; ++n) create();
    }

    void create() { newest_first_.insert(newest_first_.begin(), product_id(++last_)); }
    void remove(std::uint64_t n) { std::erase(newest_first_, product_id(n)); }
    void remove_position(std::size_t position) {
        newest_first_.erase(newest_first_.begin() + static_cast<long>(position));
    }
    std::size_t size() const { return newest_first_.size(); }
    const std::vector<ProductId>& all() const { return newest_first_; }

    PageTaken page(unsigned number, unsigned size, bool says_total = true) const {
        PageTaken taken;
        const auto from = std::min<std::size_t>(newest_first_.size(), std::size_t{number - 1} * size);
        const auto to = std::min<std::size_t>(newest_first_.size(), from + size);
        taken.ids.assign(newest_first_.begin() + static_cast<long>(from),
                         newest_first_.begin() + static_cast<long>(to));
        taken.rows = taken.ids.size();
        if (says_total) taken.total = newest_first_.size();
        return taken;
    }

private:
    std::vector<ProductId> newest_first_;
    std::uint64_t last_ = 0;
};

}  // namespace stockcast::test
