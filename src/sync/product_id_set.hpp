#pragma once

#include "stockcast/model/ids.hpp"

#include <cstddef>
#include <vector>

namespace stockcast {

/// Product ids seen so far, 16 bytes each and nothing more: 100,000 products are 1.6 MB. Filled a page at a time, so a
/// merge a page is cheaper in memory than a node a product and fast enough (below a millisecond at 100,000).
class ProductIdSet {
public:
    /// Returns how many of `ids` were new.
    std::size_t add(std::vector<ProductId> ids);
    bool contains(const ProductId& id) const;
    std::size_t size() const { return sorted_.size(); }

private:
    std::vector<ProductId> sorted_;
};

}  // namespace stockcast
