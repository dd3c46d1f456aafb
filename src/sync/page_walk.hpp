#pragma once

#include "sync/product_id_set.hpp"

#include "stockcast/model/logs.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace stockcast {

/// What one page amounted to, for the walk.
struct PageTaken {
    std::vector<ProductId> ids;          ///< of the rows that could be read
    std::size_t rows = 0;                ///< all rows, also unreadable ones
    std::optional<std::uint64_t> total;  ///< `total_results`; absent: not said
};

/// The walk over SIIGO's listing (newest created first) while products come and go under it: which page is next, and
/// when all was seen. Pure.
///
/// A product created meanwhile shifts the rest back: a row comes twice, which the set of seen ids absorbs, and the new
/// one stands on a page already read, so the first pages are read again at the end. A deleted one shifts the rest
/// forward: a row slips into the page before, so that page is read again. Both show in `total_results`. When fewer
/// products than the total were seen all the same, a full walk is done once more. All of it within bounds: what is
/// still unseen then is left to the confirmation of each missing product, and to the next pass.
class PageWalk {
public:
    static constexpr unsigned rereads_max = 40;     ///< pages read again because of shifts, in one walk
    static constexpr unsigned pages_max = 200'000;  ///< where a listing that does not end is given up

    PageWalk(SyncKind kind, unsigned page_size);

    /// Absent: the walk is over.
    std::optional<unsigned> next_page() const;
    void take(const PageTaken& page);
    /// After a break: the listing may have moved meanwhile, so the last page is read once more.
    void step_back();

    const ProductIdSet& seen() const { return seen_; }
    std::optional<std::uint64_t> total() const { return total_; }
    /// How many products SIIGO counts that were not seen in the end.
    std::uint64_t shortfall() const;

private:
    void notice_total(unsigned page, bool forward, std::optional<std::uint64_t> total);
    void reread(unsigned first, unsigned last);
    void settle();
    unsigned pages_for(std::uint64_t rows) const;

    unsigned page_size_;
    unsigned sweeps_left_;
    unsigned rereads_left_ = rereads_max;
    unsigned forward_ = 1;          ///< the next page never read in this sweep
    std::deque<unsigned> again_;    ///< pages to read again, before going forward
    std::uint64_t sweep_rows_ = 0;  ///< rows of the forward pages of this sweep
    std::uint64_t last_rows_ = 0;   ///< of these, on the last page
    std::uint64_t unreadable_ = 0;  ///< rows without a usable id in this sweep
    std::uint64_t last_unreadable_ = 0;
    std::uint64_t grown_ = 0;  ///< products created since the first pages were last read
    std::optional<std::uint64_t> total_;
    bool swept_ = false;  ///< going forward is over
    bool over_ = false;
    ProductIdSet seen_;
};

}  // namespace stockcast
