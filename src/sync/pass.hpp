#pragma once

#include "sync/page_walk.hpp"
#include "sync/state.hpp"

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/store.hpp"
#include "stockcast/sync/sync.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// The parts that a pass works with; all outlive it.
struct PassParts {
    const SyncSettings& settings;
    siigo::Client& client;
    Ledger& ledger;
    Store& store;
    Workers& workers;
    Clock& clock;
    Log& log;
    Alerts& alerts;
};

/// One run of the sync: walks SIIGO's listing, commits page by page, and, when it is a full one, settles what was
/// missing. Keeps its place, so that after an error it can go on.
class Pass {
public:
    /// `updated_start`: incremental passes only. `mirror_complete`: a full pass was once completed, so what this one
    /// finds changed is something that no webhook had told.
    Pass(PassParts parts, SyncKind kind, Source source, std::optional<Instant> updated_start, bool mirror_complete);
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    /// From where it stands to the end; the run's log record and `state` are made durable with the first and the last
    /// step. Errors: the client's, the ledger's, the store's; `stopping`. After an error it may be called again.
    asio::awaitable<Result<void>> go_on(SyncState& state);
    /// Writes down that it broke off.
    asio::awaitable<Result<void>> record_failure(std::string error);

    SyncKind kind() const { return log_.kind; }
    const SyncLog& log() const { return log_; }
    /// The rows that SIIGO's listing has; absent: not said yet.
    std::optional<std::uint64_t> total() const { return walk_.total(); }
    Steady began() const { return began_; }

private:
    enum class Phase { fresh, walking, looking, confirming, closing, over };

    asio::awaitable<Result<void>> open(SyncState& state);
    asio::awaitable<Result<void>> walk();
    asio::awaitable<Result<void>> take_page(unsigned number);
    asio::awaitable<Result<void>> look_for_missing(bool suspected_before);
    asio::awaitable<Result<void>> confirm_missing();
    asio::awaitable<Result<void>> confirm(std::vector<ProductId> ids);
    asio::awaitable<Result<void>> close(SyncState& state);
    asio::awaitable<Result<Commit>> commit(std::vector<Observation> observations);

    std::function<void()> when_sent();
    Observation made_ours(Observation row, Origin origin) const;
    /// The first `found` observations were rows, the rest absences.
    void count(const Commit& commit, std::size_t found);
    void tell_progress();

    PassParts parts_;
    std::optional<Instant> updated_start_;
    bool mirror_complete_;
    SeenTick began_tick_;
    Steady began_;
    Steady told_at_;
    Phase phase_ = Phase::fresh;
    bool broke_off_ = false;
    SyncLog log_;
    PageWalk walk_;

    SeenTick sent_tick_ = 0;  ///< of the last request that really left
    Instant sent_at_;

    std::vector<ProductId> to_confirm_;  ///< missing products that are still to be asked for
    std::size_t alone_ = 0;              ///< of these, so many at the end are asked for one at a time
    std::vector<ProductId> suspects_;    ///< to be kept for the next full pass
};

}  // namespace stockcast
