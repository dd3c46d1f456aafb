#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace stockcast {

/// What is older goes; absent: nothing of it.
struct RetentionCutoffs {
    std::optional<Instant> changes;
    std::optional<Instant> logs;
    std::optional<Instant> audit;
};

/// One part of letting go.
struct RetentionPlan {
    Submission submission;      ///< the new floors, and the anchors that the changes which go leave behind
    std::uint64_t changes = 0;  ///< that go with it
    bool is_all = true;         ///< else there is more to go: plan again when this one is durable
};

/// Works out what goes next, at most `changes_max` changes: the log's old end up to the first change that is not yet
/// old, each folded into its product's anchor, so that the kept changes still give the products held. Reads the store;
/// blocking, any thread, but one at a time and each plan committed (or dropped) before the next. A submission without
/// floors: nothing is to be done. Errors: the store's, `store_damaged`.
Result<RetentionPlan> plan_retention(const Store& store, const RetentionCutoffs& cutoffs, std::size_t changes_max);

}  // namespace stockcast
