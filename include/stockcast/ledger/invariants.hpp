#pragma once

#include "stockcast/store/store.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace stockcast {

/// Checks the store's invariants (interface.md) over one snapshot, by walking all of it; blocking, any thread. Returns
/// what is wrong, a sentence each, empty when all is well; at most `findings_max`, the last of which then says that
/// there are more.
/// - every value can be decoded (form, checksum) and stands under the key that it names;
/// - `seq` runs from the oldest kept to the head without a gap;
/// - folding the kept changes gives the products held: figure, warehouses, properties, existence (where the log no
/// longer
///   begins with a product's creation, as far as the kept changes tell);
/// - every change has its entry in the product's history and every entry its change;
/// - the cause of every change is a webhook or sync log entry, unless it is older than the oldest one kept;
/// - the code index lists exactly the products that are not deleted, by the code they have;
/// - the reads owed under `pending/` are those of the products (and of ids that are not known yet);
/// - the counters are what counting gives.
std::vector<std::string> check_invariants(const Store& store, std::size_t findings_max = 100);

}  // namespace stockcast
