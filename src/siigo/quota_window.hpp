#pragma once

#include "stockcast/base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <vector>

namespace stockcast::siigo {

/// SIIGO's limit of requests a minute, kept in *any* sliding minute, and a least time between two sends. Pure.
///
/// A request reaches SIIGO some time between its start and its answer, so its place in the window is given free counted
/// from the *answer*: else one that took long to connect would let one too many into SIIGO's own minute.
class QuotaWindow {
public:
    struct Rules {
        unsigned per_minute = 80;  ///< 0 counts as 1
        std::chrono::milliseconds spacing{200};
    };
    /// A little more than a minute: SIIGO's clock and ours needn't run alike, nor its minute be closed on our side.
    static constexpr std::chrono::milliseconds window{60'100};

    /// Empty: the full allowance is there.
    explicit QuotaWindow(Rules rules);

    /// When the next request may be sent; `now` or later.
    Steady earliest(Steady now) const;
    void started(Steady at);
    /// The one that was just noted as started really leaves only now.
    void left(Steady at);
    /// The answer to the last one came, or its failure.
    void ended(Steady at);
    /// The last one never left us.
    void take_back();
    /// As if the whole allowance had been used up right now: what was sent is not known.
    void use_up(Steady now);

    std::size_t sends_in_window(Steady now) const;
    /// Ends of the last minute's requests, oldest first; an unended one at its start.
    std::vector<Steady> sends(Steady now) const;
    /// What `sends` gave before a restart. The last counts as sent just now: nobody knows when it arrived.
    void restore(const std::vector<Steady>& sends, Steady now);

private:
    void forget_old(Steady now);

    Rules rules_;
    std::deque<Steady> sends_;  ///< at most `per_minute`
    Steady last_start_ = Steady::min();
};

}  // namespace stockcast::siigo
