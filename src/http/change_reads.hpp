#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

/// Looking into the change log. All of it blocking. Errors: the snapshot's, `store_damaged`. What retention takes
/// meanwhile is simply not there.
namespace stockcast {

/// The ledger's state as of the snapshot: its head, and the oldest change that is kept.
Result<LedgerState> ledger_state_of(const Snapshot& snapshot);

Result<std::optional<records::StoredChange>> change_at(const Snapshot& snapshot, Seq seq);

/// The seqs of a product's changes below `before`, newest first, `most` of them.
Result<std::vector<Seq>> changes_of(const Snapshot& snapshot, std::string_view company, const ProductId& id, Seq before,
                                    std::size_t most);

/// The first change from `oldest` to `head` that was recorded at `since` or later; head + 1: there is none. Some twenty
/// look-ups for a million changes. Where our clock was once set back, times are not quite in the order of seqs: the
/// answer is then a change of about that time.
Result<Seq> first_change_since(const Snapshot& snapshot, Seq oldest, Seq head, Instant since);

}  // namespace stockcast
