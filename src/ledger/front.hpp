#pragma once

#include "ledger/queue.hpp"

#include "stockcast/ledger/step.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace stockcast::ledger {

/// Tells a caller. One that lives on this executor runs right here; one of another executor is sent there.
template <class T>
void complete(Waiter<T> waiter, Result<T> result) {
    auto executor = asio::get_associated_executor(waiter.done, waiter.guard.get_executor());
    asio::dispatch(executor, [done = std::move(waiter.done), result = std::move(result)]() mutable {
        std::move(done)(std::move(result));
    });
}

/// Tells a caller that was never taken in, from inside its own initiation: so by a post, not right here.
template <class T>
void refuse(Waiter<T> waiter, error_code why) {
    const auto executor = waiter.guard.get_executor();
    asio::post(executor, [waiter = std::move(waiter), why]() mutable { complete<T>(std::move(waiter), why); });
}

/// The ledger's side on the executor: what is durable, and who is told of it. The posts of the ledger thread share it,
/// as one of them may still be on its way when the Ledger is gone.
class Front {
public:
    Front(asio::any_io_executor executor, Clock& clock, std::function<void()> on_fatal);

    /// One durable batch.
    struct Committed {
        std::vector<Waiter<Commit>> waiters;
        std::vector<Commit> commits;
        CommitNotice notice;
        LedgerState state;
        StoreHealth health;
    };
    /// In this order: the head advances, the callers are told, then the listeners.
    void committed(Committed batch);
    /// A batch that was not taken: nothing else changes.
    void refused(std::vector<Waiter<Commit>> waiters, Errc why, StoreHealth health);
    void health(StoreHealth health) { status_.store = std::move(health); }
    /// The store failed: nothing of the batch is told, and all who wait (`rest`: in the queue) get `store_failed`.
    void failed(Work batch, Work rest, StoreHealth health);
    /// The thread has ended.
    void ended();
    /// No more is told to anybody outside.
    void abandon();

    void listen(std::function<void(const CommitNotice&)> listener) { listeners_.push_back(std::move(listener)); }
    /// Completes when the thread has ended.
    asio::awaitable<void> wait_until_ended();

    /// For the constructor: what the store held.
    void start(std::string epoch, const LedgerState& state);
    const LedgerStatus& status(std::size_t waiting);

private:
    void keep(const LedgerState& state);

    asio::any_io_executor executor_;
    Clock& clock_;
    std::function<void()> on_fatal_;
    std::vector<std::function<void(const CommitNotice&)>> listeners_;
    LedgerStatus status_;
    std::vector<std::pair<std::int64_t, std::uint64_t>> webhook_minutes_;
    std::vector<Waiter<void>> until_ended_;
    bool has_ended_ = false;
};

}  // namespace stockcast::ledger
