#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/store.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace stockcast {

struct FetcherSettings {
    CompanyName company = "main";
    unsigned hints_per_minute = 20;  ///< reads that notifications without the secret may cause
    unsigned hints_burst = 10;
    unsigned unknown_hints_per_minute = 2;  ///< of these, for ids that are not known here
    std::size_t waiting_max = 10'000;       ///< products that wait for a read; more are found by the next pass
};

/// Reads single products from SIIGO: those that the ledger owes a read (missing figure, contradiction, test) and those
/// that an unbelieved notification hints at. Coalesced by product; up to 20 in one request; each kind within its own
/// budget.
class Fetcher {
public:
    Fetcher(FetcherSettings settings, siigo::Client& client, Ledger& ledger, Store& store, class Workers& workers,
            asio::any_io_executor executor, Clock& clock, Log& log);
    ~Fetcher();

    /// From Ledger's notices.
    void owe(const ReadOwed& read);
    /// A notification without the secret names this product. False: the budget is used up, it is forgotten.
    bool hint(const ProductId& product);
    /// `POST /api/products/{id}/refresh`: read now.
    asio::awaitable<Result<Outcome>> refresh(ProductId product, Source source);

    /// What waits after a failure is read at once: what was in its way is over.
    void read_now();

    /// The loop; first takes up the reads that were owed before a restart. Returns when cancelled (total).
    asio::awaitable<void> run();
    std::size_t waiting() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
