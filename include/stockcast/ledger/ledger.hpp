#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/driver.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/ledger/decide.hpp"
#include "stockcast/model/chain_hash.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/model/observation.hpp"
#include "stockcast/store/floors.hpp"
#include "stockcast/store/store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// What is to become durable together.
struct Submission {
    std::vector<Observation> observations;  ///< decided one after the other
    std::optional<WebhookLog> webhook;      ///< written with the outcome of the first observation (if there is one)
    Batch records;                          ///< other families' writes: sync logs, subscriptions, client state, meta
    std::optional<Floors> floors;           ///< retention's (ledger/retention.hpp): from now on only this is kept
};

/// What became of one observation.
struct Outcome {
    WebhookResult result = WebhookResult::unchanged;
    std::optional<Quantity> old_stock;
    std::optional<Quantity> new_stock;
    bool created = false;
    bool changed = false;             ///< at least one Change was recorded
    std::uint64_t unannounced = 0;    ///< of these, so many that a sync found and no webhook had told
    std::optional<Instant> read_due;  ///< the product must be read from SIIGO at or after this
    ProductNumber number = 0;
    Seq seq = 0;  ///< of its last change; 0 when there was none
};

struct Commit {
    std::vector<Outcome> outcomes;  ///< one an observation, in order
    Seq head = 0;                   ///< after this commit
};

/// A change that is durable, ready to be sent.
struct PublishedChange {
    Seq seq = 0;
    ChangeType type = ChangeType::stock_updated;
    CompanyName company;
    ProductId product;
    std::string code;
    std::vector<std::string> warehouses;  ///< ids that changed
    std::string event;                    ///< JSON, one object
};

/// A product that must be read from SIIGO, and from when on.
struct ReadOwed {
    CompanyName company;
    ProductId product;
    Instant due;
};

/// A product whose record a batch has written, be it without a change (`synced_at`).
struct WrittenProduct {
    CompanyName company;
    ProductId product;
};

/// Told on the executor after each durable batch, in order: first `changes` (fan-out), then `reads` (the fetcher).
struct CommitNotice {
    Seq head = 0;
    ChainHash head_hash;
    Seq oldest = 1;                 ///< as in LedgerStatus: retention may have raised it
    std::optional<Steady> durable;  ///< since when; absent: nothing is measured (Ledger::measure)
    std::vector<PublishedChange> changes;
    std::vector<ReadOwed> reads;
    std::vector<WrittenProduct> written;
};

/// Counters kept with every batch, so that asking costs nothing. `verify` counts again and compares.
struct LedgerCounters {
    std::uint64_t products = 0;          ///< not deleted: `total_products`
    std::uint64_t synced_products = 0;   ///< of these, those whose figure SIIGO has told (made-up ones aside)
    std::uint64_t stocked_products = 0;  ///< active with stock control and a known figure
    Quantity stock_sum;                  ///< over these, see counted_stock()
    std::uint64_t updated_today = 0;     ///< products changed on `today`
    std::int64_t today = 0;              ///< bogota_day
    std::uint64_t webhooks = 0;
    std::uint64_t webhooks_processed = 0;
    std::uint64_t webhooks_last_hour = 0;  ///< from minute buckets
    Seq today_behind = 0;                  ///< the head as `today` began: what has changed since has a greater seq
    bool operator==(const LedgerCounters&) const = default;
};

struct LedgerStatus {
    std::string epoch;
    Seq head = 0;         ///< durable head
    ChainHash head_hash;  ///< zero before the first change that has one
    Seq oldest = 1;       ///< oldest change still kept; head + 1 when none is
    LedgerCounters counters;
    std::size_t waiting = 0;  ///< submissions in the queue
    StoreHealth store;
    std::uint64_t batches = 0;      ///< fsyncs since the start
    std::uint64_t submissions = 0;  ///< since the start
};

struct LedgerSettings {
    CompanyName company = "main";
    std::size_t queue_max = 8192;  ///< submissions that wait; beyond: `ledger_full`
    std::size_t queue_bytes_max = 64u << 20;
    std::size_t batch_max = 1024;  ///< submissions in one fsync
    DecideRules rules;
};

/// The only writer: one batch and one fsync hold the change, its indexes, its log entry and its seq. A thread of its
/// own takes everything that waits (group commit without a timer: whatever came during the last fsync is the next
/// batch). Order: persist, fsync, advance the head, acknowledge, notify.
class Ledger {
public:
    /// Reads the head and the counters. Throws StoreRefused when they can't be read. `executor` is where waiting
    /// callers resume and listeners are told. `on_fatal` is called once, on the executor, after `store_failed`: exit 1.
    /// `driver`: where batches are made and written.
    Ledger(Store& store, LedgerSettings settings, asio::any_io_executor executor, Clock& clock, Random& random,
           Log& log, std::function<void()> on_fatal, std::unique_ptr<Driver> driver = make_driver_thread());
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// Puts the batches, the queue and what is held among `metrics`, which may be read as long as the ledger lives.
    /// Before the first `apply`, once. `clock` is then asked on the ledger's thread too.
    void measure(Metrics& metrics);

    /// Before the first `apply`; in this order they are told.
    void on_commit(std::function<void(const CommitNotice&)> listener);

    /// Resumes when the outcome is on disk, so a 2xx may follow. Callers that wait together share one fsync.
    /// Errors: `ledger_full` (answer 429), `store_full` (503, nothing was taken), `store_failed` (503; fatal),
    /// `stopping`. Cancellation: none once queued; a commit is never half taken back.
    asio::awaitable<Result<Commit>> apply(Submission submission);

    /// The next value of the "seen" counter: taken when a notification arrives or a request is sent. Executor only.
    SeenTick tick();
    /// A new, growing log id, above what retention has let go. Executor only.
    LogId new_log_id();

    /// Executor only; costs nothing.
    const LedgerStatus& status() const;

    /// A consistent copy, made on the ledger thread between two batches.
    asio::awaitable<Result<void>> checkpoint(std::string directory);

    /// Takes no more, waits until what was accepted is on disk, ends the thread.
    asio::awaitable<void> drain();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
