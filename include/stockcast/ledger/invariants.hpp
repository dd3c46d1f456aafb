#pragma once

#include "stockcast/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stockcast {

/// Something that is not as it must be: a sentence in both languages.
struct Finding {
    std::string english;
    std::string spanish;
};

struct Examination {
    std::size_t findings_max = 100;
    /// Called every some thousand entries: which family, and how many of it were looked at.
    std::function<void(Family, std::uint64_t)> progress;
};

/// Checks the store's invariants (interface.md) over one snapshot, by walking all of it; blocking, any thread. Memory is
/// that of the products twice, however long the log. Returns what is wrong, empty when all is well; at most
/// `findings_max`, behind which one more says that there are others.
/// - every value can be decoded (form, checksum) and stands under the key that it names;
/// - `seq` runs from the oldest kept to the head without a gap;
/// - each change's hash follows from that of the change before it, the oldest kept one's from what the floors remember,
///   and the last is the ledger's (changes recorded before there was a chain aside);
/// - folding the kept changes over the anchors (what retention left of those that are gone) gives exactly the products
///   held: figure, warehouses, properties, existence;
/// - every change has its entry in the product's history and every entry its change;
/// - the cause of every change is a webhook or sync log entry, unless that is below the logs' floor;
/// - the code index lists exactly the products that are not deleted, by the code they have;
/// - the reads owed under `pending/` are those of the products (and of ids that are not known yet);
/// - the counters are what counting gives.
std::vector<Finding> examine(const Store& store, const Examination& how = {});

/// The same in English alone, for tests.
std::vector<std::string> check_invariants(const Store& store, std::size_t findings_max = 100);

}  // namespace stockcast
