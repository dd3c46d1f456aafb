#pragma once

#include "stockcast/base/clock.hpp"

namespace stockcast {

/// A budget that fills evenly: `per_minute` tokens a minute, at most `burst` saved up; full at first. Pure.
class TokenBucket {
public:
    TokenBucket(unsigned per_minute, unsigned burst, Steady now);
    bool has(Steady now);
    /// False: nothing was taken.
    bool take(Steady now);

private:
    void fill(Steady now);

    double per_second_;
    double burst_;
    double tokens_;
    Steady filled_at_;
};

}  // namespace stockcast
