#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// What the sync must not forget over a restart; kept in `meta` under keys::sync_state, with each pass's begin and end.
struct SyncState {
    std::optional<Instant> first_completed;    ///< end of the first full pass ever: readiness
    std::optional<Instant> last_completed;     ///< end of the last pass of either kind
    std::optional<Instant> last_started;       ///< start of that pass: where the next incremental one reaches back from
    std::optional<Instant> last_full_started;  ///< start of the last completed full pass
    LogId open_run;                            ///< the pass under way; after a restart it is one that was interrupted
    bool suspects = false;  ///< suspiciously many products were missing: the next full pass must say the same
    bool operator==(const SyncState&) const = default;
};
std::string encode(const SyncState& state);
/// Errors: `store_damaged`.
Result<SyncState> decode_sync_state(std::string_view value);

/// The products that were missing when SyncState::suspects was set: a value of its own, since it can be long.
std::string suspects_key(std::string_view company);
std::string encode_suspects(const std::vector<ProductId>& ids);
/// Errors: `store_damaged`.
Result<std::vector<ProductId>> decode_suspects(std::string_view value);

}  // namespace stockcast
