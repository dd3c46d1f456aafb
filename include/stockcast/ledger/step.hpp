#pragma once

#include "stockcast/ledger/ledger.hpp"

#include <map>
#include <span>
#include <string>

namespace stockcast {

/// What the ledger carries from batch to batch, kept in `meta` under keys::ledger_state with each one.
struct LedgerState {
    Seq head = 0;
    Seq oldest = 1;
    SeenTick ticks = 0;             ///< highest handed out when this was written
    ProductNumber next_number = 1;
    LedgerCounters counters;
    std::vector<std::pair<std::int64_t, std::uint64_t>> webhook_minutes;  ///< (Unix minute, count), the last 60
};
std::string encode(const LedgerState& state);
Result<LedgerState> decode_ledger_state(std::string_view value);

/// Products that a batch concerns, by id: read beforehand in one look-up, then carried from submission to submission.
using Held = std::map<std::pair<CompanyName, ProductId>, std::optional<Product>>;

/// One batch, worked out: pure, no I/O. A thread drives it in production, the simulation's scheduler in tests.
struct Step {
    Batch batch;
    LedgerState state;                ///< afterwards
    std::vector<Commit> commits;      ///< one a submission
    CommitNotice notice;
};
Step step(Held& held, std::span<const Submission> submissions, const LedgerState& before, Instant now,
          const DecideRules& rules);

}  // namespace stockcast
