#include "sync/product_id_set.hpp"

#include <algorithm>
#include <iterator>

namespace stockcast {

std::size_t ProductIdSet::add(std::vector<ProductId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::erase_if(ids, [this](const ProductId& id) { return contains(id); });

    std::vector<ProductId> merged;
    merged.reserve(sorted_.size() + ids.size());
    std::merge(sorted_.begin(), sorted_.end(), ids.begin(), ids.end(), std::back_inserter(merged));
    sorted_ = std::move(merged);
    return ids.size();
}

bool ProductIdSet::contains(const ProductId& id) const {
    return std::binary_search(sorted_.begin(), sorted_.end(), id);
}

}  // namespace stockcast
