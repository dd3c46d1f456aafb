#pragma once

#include "stockcast/base/clock.hpp"

#include <cstddef>
#include <deque>

namespace stockcast::siigo {

/// Bounds what retries may add to a SIIGO that is in trouble: at most a tenth of the calls of the last minute, but
/// never fewer than five. Pure.
class RetryBudget {
public:
    static constexpr std::size_t always = 5;

    void called(Steady at);
    /// Takes one retry out of the budget, if there is one.
    bool take(Steady now);

private:
    void forget_old(Steady now);

    std::deque<Steady> calls_;    ///< of the last minute; bounded by the quota
    std::deque<Steady> retries_;  ///< of the last minute
};

}  // namespace stockcast::siigo
