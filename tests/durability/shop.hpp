#pragma once

#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "support/recording_log.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/ledger/ledger.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace stockcast::test {

/// A shop whose notifications reach the real ledger over some store: what the server does with them, without its doors.
class Shop {
public:
    /// `seed` decides ids; `store` outlives the shop. Throws StoreRefused as the ledger does.
    Shop(Store& store, std::uint64_t seed);
    ~Shop();

    /// SIIGO tells that of product `n` there are `left`; the stamp is the clock's, which then goes on by a second.
    /// `payload_bytes`: how large the notification was at least.
    Result<Commit> sell(std::uint64_t n, std::int64_t left, std::size_t payload_bytes = 0);
    /// Several at once, which share commits. Each answer is that of its own notification.
    std::vector<Result<Commit>> sell_together(std::uint64_t from, std::uint64_t to, std::int64_t left);
    /// One row of a page of a sync, under a sync log of its own.
    Result<Commit> sync(std::uint64_t n, std::int64_t left);
    /// Lets go of what is older than `kept`, as the server's retention does, and takes the space back.
    Result<void> let_go(std::chrono::seconds kept);
    /// Writes of other families: an audit entry, a subscription.
    Result<Commit> administer(std::uint64_t n);

private:
    Submission told(std::uint64_t n, std::int64_t left, std::size_t payload_bytes = 0);
    Result<Commit> apply(Submission submission);

    Store& store_;
    boost::asio::io_context io_;
    ManualClock clock_;
    SeededRandom random_;
    RecordingLog log_;
    std::optional<Ledger> ledger_;
};

}  // namespace stockcast::test
