#pragma once

#include "app/alert_poster.hpp"
#include "app/store_watch.hpp"
#include "app/upstream.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/fanout/broadcaster.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/net/connector.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace stockcast {

/// How a server is watched from outside: takes alerts to the stream and to ALERT_WEBHOOK_URL, watches store and disk,
/// and keeps the series that belong to no single part.
class Monitor {
public:
    /// Throws Failure.
    Monitor(const Settings& settings, Surrounds with, Ledger& ledger, Broadcaster& broadcaster);

    void spawn_loops(TaskGroup& loops, const SiigoUpstream::MustRun& must_run);
    void sync_finished(const SyncLog& run);
    /// Lets the alert of a failure out before the loops end.
    asio::awaitable<void> have_last_word(std::chrono::milliseconds patience);
    /// Told when the store takes writes again. Before the loops run.
    void on_writable_again(std::function<void()> listener) { watch_.on_writable_again(std::move(listener)); }
    /// From Ledger's on_fatal.
    void store_failed() { watch_.store_failed(); }

private:
    Metrics& metrics_;
    StoreWatch watch_;
    std::unique_ptr<Connector> connector_;
    std::optional<AlertPoster> poster_;  ///< nothing: ALERT_WEBHOOK_URL is not set
    Counter& rows_;
    Counter& drift_;
    SyncLog last_told_;  ///< of the runs
};

}  // namespace stockcast
