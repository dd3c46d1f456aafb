#pragma once

#include "sync/state.hpp"

#include "stockcast/base/instant.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/sync/sync.hpp"

#include <chrono>
#include <optional>

namespace stockcast {

/// The next pass and how long to wait for it.
struct DuePass {
    SyncKind kind = SyncKind::incremental;
    Source source = Source::scheduled_sync;
    std::chrono::milliseconds wait{0};
};

/// Which pass is next. `since_start`: time since the last pass of this process began; absent: there was none yet.
/// At the start a full one if none was ever completed or one is overdue, else an incremental one; then one each
/// interval. Pure.
DuePass next_pass(const SyncState& state, const SyncSettings& settings, Instant wall,
                  std::optional<std::chrono::milliseconds> since_start, std::optional<SyncKind> requested);

/// From when on an incremental pass that begins at `wall` asks for updates: at least two intervals back, and an
/// interval (two minutes at least, since SIIGO's clock is not ours) before the last completed pass began. Requests
/// only: SIIGO's filter takes whole seconds, so what is cut off reaches further back.
Instant updated_start(const SyncState& state, const SyncSettings& settings, Instant wall);

/// How long to wait before a pass that broke off for the `failures`th time (from 1) goes on: below 30 s, then doubling,
/// up to `longest` or 15 minutes. `wanted`: the wait that SIIGO or our own limits ask for. `jitter` in [0, 1).
std::chrono::milliseconds resume_pause(unsigned failures, std::chrono::milliseconds longest,
                                       std::chrono::milliseconds wanted, double jitter);

/// What a pause between tries may grow to; `usual`: where nothing is known of when trying again is of use. While the
/// client looks each minute whether SIIGO is back (its breaker is open), who waited longer would notice it too late.
std::chrono::milliseconds longest_pause(const siigo::Client& client, std::chrono::milliseconds usual);

/// Too old to be gone on with: what was read at its beginning says too little by now.
inline constexpr std::chrono::minutes resume_until{60};

}  // namespace stockcast
