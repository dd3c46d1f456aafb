#pragma once

#include "sync/product_id_set.hpp"

#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/siigo/translate.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stockcast {

/// Products held, as far as one slice of the store goes.
struct MissingSlice {
    std::vector<ProductId>
        missing;             ///< held, not deleted, not in `seen`, and not heard of otherwise since the pass began
    std::uint64_t held = 0;  ///< not deleted
    std::string next;        ///< key to go on from; empty: that was all
};

/// Looks through up to `limit` products from key `from` on (empty: from the first). Blocking: never on the executor.
/// Only products that are not in `seen` are decoded. Errors: the store's.
Result<MissingSlice> find_missing(const Store& store, const std::string& company, const std::string& from,
                                  const ProductIdSet& seen, SeenTick pass_began, std::size_t limit);

/// What is to be thought of the products that a full pass did not see.
struct MissingVerdict {
    std::vector<ProductId> confirm;   ///< ask SIIGO for each by id; those not there are deleted
    std::vector<ProductId> suspects;  ///< too many at once: the next full pass must miss them too
    bool many = false;                ///< `confirm` holds such as were suspects: say so loudly
};

/// Up to 10 missing, or up to 3 % of what is held, are confirmed by id straight away. More than that can be SIIGO's
/// mistake: then only those are confirmed that the full pass before had `suspected` too. Pure; sorts its arguments.
MissingVerdict judge_missing(std::uint64_t held, std::vector<ProductId> missing, std::vector<ProductId> suspected);

/// Which of `asked` SIIGO's answer to `?ids=` says are gone. Rows that could not be read are some of them, nobody knows
/// which: then no absence is believed (`unclear`) and each must be asked for alone.
struct Absences {
    std::vector<ProductId> gone;
    bool unclear = false;
};
Absences absences(const std::vector<ProductId>& asked, const siigo::ProductPage& answer);

}  // namespace stockcast
