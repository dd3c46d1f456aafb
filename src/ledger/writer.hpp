#pragma once

#include "ledger/front.hpp"
#include "ledger/queue.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/driver.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/store/store.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace stockcast::ledger {

/// What the ledger does in a turn: a thin shell round step(). It alone touches the store's writing side.
class Writer {
public:
    Writer(Store& store, const LedgerSettings& settings, LedgerState state, const std::atomic<SeenTick>& ticks,
           Log& log);

    /// Before anything is in the queue. `clock` is asked on the ledger's thread.
    struct Meters {
        const Clock& clock;
        Histogram& commit_seconds;
        Histogram& batch_submissions;
    };
    void measure(const Meters& meters) { meters_.emplace(meters); }

    /// Works off one batch of `queue`, and is over when that has ended or the store has failed. What came of it is told
    /// to `front` by one post to `executor`, which must keep them in order.
    Driver::Next turn(Queue& queue, const std::shared_ptr<Front>& front, const asio::any_io_executor& executor);

private:
    Result<Step> commit(std::span<const Submission> submissions, Instant now);
    Result<void> write(const Batch& batch, std::size_t submissions);
    /// Sees to it that `held_` has every product that the submissions name.
    Result<void> read_missing(std::span<const Submission> submissions);
    void keep_within_bounds(std::span<const Submission> submissions);
    void forget();
    bool probe();
    void became_full(const StoreHealth& health);
    void tell_failure(std::string_view reason);

    Store& store_;
    const LedgerSettings& settings_;
    LedgerState state_;
    /// Products as the last batches left them, so that a busy one is not read and decoded for each of its notifications.
    /// Nobody else writes them. Emptied when a batch fails, and when what went through it weighs too much.
    Held held_;
    std::size_t held_bytes_ = 0;  ///< of all that was put there or changed since it was empty
    const std::atomic<SeenTick>& ticks_;
    Log& log_;
    StoreHealth health_;
    std::optional<Meters> meters_;
    std::chrono::milliseconds pause_{0};  ///< until the next probe of a full store; zero while it is writable
};

}  // namespace stockcast::ledger
