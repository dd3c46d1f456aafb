#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/model/observation.hpp"
#include "stockcast/model/product.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// The bounds by which decide() judges.
struct DecideRules {
    std::chrono::minutes clock_trust{5};   ///< a stamp further ahead of our clock than this is no stamp
    std::chrono::minutes recent{3};        ///< "nothing newer was seen in the last minutes"
    std::chrono::minutes confirm_after{3}; ///< a contradiction is read again this long after it first showed
};

/// Why one register did or did not move.
enum class Verdict {
    applied,    ///< what was said is now held
    unchanged,  ///< said and held are the same
    stale,      ///< older than the register: dropped
    deferred,   ///< not believed yet: a read will tell
    unsaid,     ///< the observation says nothing of this register
};

/// The outcome of one observation of one product: pure data, nothing is done yet.
struct Decision {
    Verdict stock = Verdict::unsaid;
    Verdict properties = Verdict::unsaid;
    Verdict existence = Verdict::unsaid;
    Product next;                           ///< what is held afterwards (number, seq, changed_at: set by step())
    bool changed_record = false;            ///< `next` differs from what was held, be it only in a register
    /// What changed for readers, in the order in which it is to be recorded: at most one of each type.
    std::vector<ChangeType> changes;
    std::vector<WarehouseChange> warehouses;  ///< for stock_updated
    std::vector<std::string> changed;         ///< for product_updated: names of members
};

/// Compares what is held (null: the product is unknown) with what was said at `now`. Pure; the rules are design.md's:
/// three registers ordered each alone; distrusted clocks; mixed stamps; a missing quantity; deletion; a read as the
/// authority in the end. In whatever order the same observations come, followed by a read, the end is the same.
Decision decide(const Product* held, const Observation& said, Instant now, const DecideRules& rules = {});

}  // namespace stockcast
