#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/store/store.hpp"

#include <chrono>

namespace stockcast {

struct RetentionSettings {
    std::chrono::milliseconds logs;     ///< age at which webhook and sync logs go
    std::chrono::milliseconds changes;  ///< age at which changes go, and the audit, which tells who caused them
};

/// Lets go of what is old (ledger/retention.hpp): the floors are raised through the ledger, in small parts between which
/// it does its other work; then the space is taken back.
class Retention {
public:
    Retention(RetentionSettings settings, Ledger& ledger, Store& store, Workers& workers, Clock& clock, Log& log)
        : settings_(settings), ledger_(ledger), store_(store), workers_(workers), clock_(clock), log_(log) {}

    /// At the start and every hour (oftener where an age is that short), until cancelled (total).
    asio::awaitable<void> run();

private:
    asio::awaitable<Result<void>> pass();

    RetentionSettings settings_;
    Ledger& ledger_;
    Store& store_;
    Workers& workers_;
    Clock& clock_;
    Log& log_;
};

}  // namespace stockcast
