#pragma once

#include "sim/answers.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/model/logs.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::sim {

/// The company's webhook subscriptions: SIIGO's rules of making, editing and deleting them.
class Subscriptions {
public:
    Subscriptions(std::string company_key, const Variants& variants, Clock& clock, Random& random);

    std::span<const Subscription> all() const { return all_; }

    /// `{"application_id", "topic", "url"}`. Errors: `parameter_required`, `invalid_reference` (unknown topic),
    /// `invalid_url`, `already_exists` (variant; also beyond 100 subscriptions).
    OrError<Subscription> create(const Json& body);
    /// One of each topic to the same URL. Errors: as create; what was made before stays.
    OrError<void> create_all(const std::string& application_id, const std::string& url);
    /// Replaces the members that are given. Errors: as create, `not_found`.
    OrError<Subscription> edit(std::string_view id, const Json& body);
    /// Errors: `not_found`.
    OrError<void> remove(std::string_view id);

private:
    OrError<void> check(const Subscription& wanted) const;
    std::string make_id();

    std::string company_key_;
    const Variants& variants_;
    Clock& clock_;
    Random& random_;
    std::vector<Subscription> all_;  ///< oldest first
};

/// `{"id","application_id","url","topic","company_key","active","created_at"}`.
void write_subscription(std::string& out, const Subscription& subscription);

/// SIIGO's three topics.
std::span<const std::string_view> topics();

}  // namespace stockcast::sim
