#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/http/jwt.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace stockcast {

/// One-use tickets that open a stream (`?ticket=`) in the name of the token that asked for them: an address that stands
/// in a proxy's log or a browser's history afterwards is worth nothing. Bounded; kept as SHA-256. Executor only.
class StreamTickets {
public:
    static constexpr std::chrono::seconds lifetime{30};
    static constexpr std::size_t held_max = 10'000;

    /// Who asked for it, and by which token (its digest, for the limit by token).
    struct Holder {
        Caller caller;
        std::string token_digest;
    };

    /// Errors: `out_of_bounds` when `held_max` are not used yet.
    Result<std::string> issue(Holder holder, Random& random, Steady now);
    /// Nothing: never issued, used already, or expired.
    std::optional<Holder> redeem(std::string_view ticket, Steady now);
    std::size_t held() const { return by_digest_.size(); }

private:
    void drop_expired(Steady now);

    struct Issued {
        Holder holder;
        Steady expires;
    };
    std::unordered_map<std::string, Issued> by_digest_;
    std::deque<std::pair<Steady, std::string>> by_age_;  ///< also of those that were used
};

}  // namespace stockcast
