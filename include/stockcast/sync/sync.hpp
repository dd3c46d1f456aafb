#pragma once

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stockcast {

struct SyncSettings {
    CompanyName company = "main";
    std::chrono::milliseconds interval{std::chrono::minutes{5}};
    std::chrono::milliseconds full_interval{std::chrono::hours{24}};
    unsigned batch_size = 50;
};

/// The answer to a request for a sync now.
enum class SyncRequest { accepted, already_running };

struct SyncStatus {
    bool running = false;
    std::optional<Instant> first_completed;  ///< of the first full pass ever: readiness; a stored fact
    std::optional<Instant> last_completed;   ///< of any pass: `last_sync_time`
    std::string last_error;
    std::uint64_t seen = 0;              ///< products read by the pass that runs
    std::optional<std::uint64_t> total;  ///< how many SIIGO says it will read; absent: not known yet, or none runs
};

/// Keeps the mirror right by polling: a full pass at first (later only when overdue), incremental passes with an
/// overlap of two intervals, a full reconciliation every `full_interval`, each committed page by page. A pass that
/// broke off goes on within 30 s, then with growing pauses. Products that a full pass did not see are confirmed before
/// they are deleted.
class Sync {
public:
    /// `finished` is told of each run's end (for `sync_completed`).
    Sync(SyncSettings settings, siigo::Client& client, Ledger& ledger, Store& store, class Workers& workers,
         asio::any_io_executor executor, Clock& clock, Random& random, Log& log, Alerts& alerts,
         std::function<void(const SyncLog&)> finished);
    ~Sync();

    /// The loop; returns when cancelled (total).
    asio::awaitable<void> run();
    /// For `POST /api/sync` and at a start: a pass as soon as possible.
    SyncRequest request(SyncKind kind);
    /// The pass that is due next, or goes on after a failure, does so at once: what was in its way is over, and meanwhile
    /// notifications may have been refused. While one runs, another follows.
    void poll_now();
    SyncStatus status() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
