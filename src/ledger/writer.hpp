#pragma once

#include "ledger/front.hpp"
#include "ledger/queue.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/store/store.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string_view>

namespace stockcast::ledger {

/// What the ledger thread does: a thin shell round step(). It alone touches the store's writing side.
class Writer {
public:
    Writer(Store& store, const LedgerSettings& settings, LedgerState state, const std::atomic<SeenTick>& ticks,
           Log& log);

    /// Works off `queue` until it has ended or the store has failed. Each result is told to `front` by one post.
    void run(Queue& queue, const std::shared_ptr<Front>& front, const asio::any_io_executor& executor);

private:
    Result<Step> commit(std::span<const Submission> submissions, Instant now);
    Result<Held> read_held(std::span<const Submission> submissions) const;
    bool probe();
    void became_full(const StoreHealth& health);
    void tell_failure(std::string_view reason);

    Store& store_;
    const LedgerSettings& settings_;
    LedgerState state_;
    const std::atomic<SeenTick>& ticks_;
    Log& log_;
    StoreHealth health_;
    std::chrono::milliseconds pause_{0};  ///< until the next probe of a full store; zero while it is writable
};

}  // namespace stockcast::ledger
