#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/ledger/ledger.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace stockcast::ledger {

/// A caller that waits for its outcome. The guard keeps the executor's run() from returning meanwhile.
template <class T>
struct Waiter {
    asio::any_completion_handler<void(Result<T>)> done;
    asio::executor_work_guard<asio::any_io_executor> guard;
};

struct CopyOrder {
    std::string directory;
    Waiter<void> waiter;
};

/// What the ledger thread is to do next.
struct Work {
    std::vector<Submission> submissions;  ///< one batch
    std::vector<Waiter<Commit>> waiters;  ///< theirs, in the same order
    Instant now;                          ///< when the last of them was handed in
    std::vector<CopyOrder> copies;        ///< after the batch
    bool ended = false;                   ///< stopped, and nothing is left after this
};

/// Memory that a submission holds while it waits, roughly.
std::size_t weight_of(const Submission& submission);

/// What waits for the ledger's next turn; bounded in count and bytes. The executor pushes, the turn takes.
class Queue {
public:
    explicit Queue(const LedgerSettings& settings) : settings_(settings) {}

    /// Takes `submission` and `waiter`, or leaves both untouched. `now`: the batch is dated by it, so that only the
    /// executor looks at the clock. Errors: `ledger_full`, `stopping`, `store_failed`.
    Result<void> push(Submission& submission, Instant now, Waiter<Commit>& waiter);
    /// Errors: `stopping`, `store_failed`.
    Result<void> push(CopyOrder& order);

    /// What waits, up to one batch; empty work when nothing does.
    Work take();

    /// From now on nothing is taken in; what waits is still handed out, then `ended`.
    void stop();
    /// From now on everything is refused with `store_failed`; hands out what waited.
    Work fail();

    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

private:
    struct Entry {
        Submission submission;
        Waiter<Commit> waiter;
        Instant now;
        std::size_t weight;
    };

    Result<void> refusal() const;
    Work take_batch(std::size_t count);

    const LedgerSettings& settings_;
    std::mutex mutex_;
    std::deque<Entry> entries_;
    std::vector<CopyOrder> copies_;
    std::size_t bytes_ = 0;
    bool stopping_ = false;
    bool failed_ = false;
    std::atomic<std::size_t> waiting_ = 0;
};

}  // namespace stockcast::ledger
