#pragma once

#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace stockcast {

/// Goes through a company's products in the order of their ids, over one snapshot, a slice at a time. Ids don't move, so
/// writes between two slices, or between two walks that go on where the one before stood, neither hide nor repeat a
/// product. Blocking; one thread at a time.
class ProductWalk {
public:
    /// From the first product, or the one after `after`.
    ProductWalk(const Store& store, CompanyName company, std::optional<ProductId> after);

    enum class Take { go_on, stop_before };
    /// Shows the next products to `take`, `rows` at most. Errors: the snapshot's, `store_damaged`.
    Result<void> go_on(std::size_t rows, const std::function<Take(const Product&)>& take);

    bool is_at_end() const { return at_end_; }
    const std::optional<ProductId>& last() const { return last_; }  ///< the last one that was taken
    /// The head of the log as of the snapshot. Errors: as go_on().
    Result<Seq> head() const;

private:
    std::unique_ptr<Snapshot> snapshot_;
    CompanyName company_;
    std::optional<ProductId> last_;
    bool at_end_ = false;
};

}  // namespace stockcast
