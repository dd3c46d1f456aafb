#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/http/api.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace stockcast {

/// The company key that SIIGO gave us, asked for once a second at most: `status()` copies half a dozen texts, too much
/// for every notification.
class CompanyKey {
public:
    CompanyKey(const Upstream& upstream, const Clock& clock) : upstream_(upstream), clock_(clock) {}

    /// Empty: not known, then any is taken.
    const std::string& value() {
        const auto now = clock_.now();
        if (!asked_ || now - *asked_ >= std::chrono::seconds{1}) {
            asked_ = now;
            value_ = upstream_.status().company_key;
        }
        return value_;
    }

private:
    const Upstream& upstream_;
    const Clock& clock_;
    std::optional<Steady> asked_;
    std::string value_;
};

}  // namespace stockcast
