#pragma once

#include "app/progress_line.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/ledger/invariants.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/store/offline.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace stockcast {

/// What checking a whole store tells.
struct StoreCheck {
    std::vector<Finding> findings;  ///< empty: all is well
    std::array<std::uint64_t, family_count> entries{};
    std::string epoch;
    Seq head = 0;

    std::uint64_t entries_of(Family family) const { return entries[static_cast<std::size_t>(family)]; }
};

/// All checksums of its files, then all invariants (ledger/invariants.hpp). Heeds an Interruption.
StoreCheck check_store(OfflineStore& offline, ProgressLine& progress, Language language);

/// Lets this process have what others leave of processor and disk: a copy or a check is never as urgent as a server's
/// next webhook.
void yield_to_others();

/// `1.2 GB`, `35 MB`.
std::string in_megabytes(std::uint64_t bytes);

}  // namespace stockcast
