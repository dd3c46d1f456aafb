#pragma once

#include "stockcast/base/clock.hpp"

#include <chrono>
#include <cstdint>

namespace stockcast {

/// How many lines of one kind a second are worth writing: what comes faster nobody reads, and a flood of it must not
/// push other lines out.
class LineBudget {
public:
    LineBudget(const Clock& clock, std::uint64_t per_second) : clock_(clock), per_second_(per_second) {}

    /// Whether this second has room for one more. `tell_kept_back(count)` is called first when a new second begins and
    /// the one before kept lines back.
    template <class Tell>
    bool take(Tell tell_kept_back) {
        if (const auto now = clock_.now(); now - second_ >= std::chrono::seconds{1}) {
            second_ = now;
            written_ = 0;
            if (kept_back_ > 0) tell_kept_back(kept_back_);
            kept_back_ = 0;
        }
        if (written_ == per_second_) {
            ++kept_back_;
            return false;
        }
        ++written_;
        return true;
    }

private:
    const Clock& clock_;
    const std::uint64_t per_second_;
    Steady second_;
    std::uint64_t written_ = 0;
    std::uint64_t kept_back_ = 0;
};

}  // namespace stockcast
