#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"

#include <chrono>
#include <deque>
#include <string>
#include <string_view>

namespace stockcast::sim {

/// The access tokens given out. Opaque to clients, but shaped as SIIGO's: a JWT that names the company.
class Tokens {
public:
    explicit Tokens(Random& random) : random_(random) {}

    std::string issue(const std::string& company_key, const std::string& username, std::chrono::seconds lifetime,
                      Steady now, Instant wall);
    bool is_valid(std::string_view token, Steady now) const;
    /// Ends all of them before their time.
    void revoke_all() { issued_.clear(); }

private:
    struct Token {
        std::string text;
        Steady expires;
    };
    Random& random_;
    std::deque<Token> issued_;  ///< newest last, bounded: the oldest is forgotten
};

}  // namespace stockcast::sim
