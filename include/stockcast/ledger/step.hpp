#pragma once

#include "stockcast/ledger/ledger.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast {

/// What the ledger carries from batch to batch, kept in `meta` under keys::ledger_state with each one.
struct LedgerState {
    Seq head = 0;
    Seq oldest = 1;
    SeenTick ticks = 0;  ///< highest handed out when this was written
    ProductNumber next_number = 1;
    LedgerCounters counters;
    Tally tally;           ///< of the head
    ChainHash head_hash;   ///< of the head; zero before the first change that has one
    Seq chained_from = 1;  ///< first change of the chain: those before it were recorded by a version without it
    std::vector<std::pair<std::int64_t, std::uint64_t>> webhook_minutes;  ///< (Unix minute, count), the last 60
    bool operator==(const LedgerState&) const = default;
};
std::string encode(const LedgerState& state);
Result<LedgerState> decode_ledger_state(std::string_view value);

/// Products that a batch concerns, by id: read beforehand in one look-up, then carried from submission to submission.
/// Every product that the submissions name must be there, with an empty optional when the store does not have it.
using Held = std::map<std::pair<CompanyName, ProductId>, std::optional<Product>>;

/// One batch, worked out: pure, no I/O. A thread drives it in production, the simulation's scheduler in tests.
struct Step {
    Batch batch;
    LedgerState state;            ///< afterwards
    std::vector<Commit> commits;  ///< one a submission
    CommitNotice notice;
    std::vector<std::string> odd_sums;  ///< codes of products whose new figure is not the sum of their warehouses
};
/// `held` is afterwards what the batch makes of it: when the batch could not be committed, it must be read again.
Step step(Held& held, std::span<const Submission> submissions, const LedgerState& before, Instant now,
          const DecideRules& rules);

/// What a product counts for in `stock_sum`: its figure cut to 6 places, and nothing from 10^12 on, so that the exact
/// sum of any catalogue stays within Quantity's bounds.
Quantity counted_stock(const Quantity& available);

/// Adds `product` to the counters that depend on what is held, or takes it out again.
enum class Count { in, out };
void count_product(LedgerCounters& counters, const Product& product, Count which);

/// Lets go of what is no longer of today (America/Bogota) and of the last hour. `head`: the last change so far.
void roll_over(LedgerCounters& counters, std::vector<std::pair<std::int64_t, std::uint64_t>>& webhook_minutes,
               Instant now, Seq head);

}  // namespace stockcast
