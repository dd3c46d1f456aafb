#pragma once

#include "sim/answers.hpp"
#include "sim/company.hpp"
#include "sim/limits.hpp"
#include "sim/subscriptions.hpp"
#include "sim/target.hpp"
#include "sim/tokens.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/sim/simulator.hpp"

#include <optional>
#include <string>

namespace stockcast::sim {

/// SIIGO's API as a function from request to answer; siigo-api.md is its source, clause by clause. Requests are judged
/// in the order fault, Partner-Id, token, quota, body, path. What names the company counts towards its quota: whatever
/// has a valid token, and a token request with the right credentials.
class Api {
public:
    Api(const SimulatorSettings& settings, Company& company, Subscriptions& subscriptions, const Variants& variants,
        Faults& faults, SimulatorCounts& counts, Clock& clock, Random& random);

    HttpResponse answer(const HttpRequest& request);
    /// Every token ends now, whatever was said of its life.
    void revoke_tokens() { tokens_.revoke_all(); }

private:
    HttpResponse judge(const HttpRequest& request, const Target& target);
    std::optional<HttpResponse> faulty();
    std::optional<ApiError> check_partner(const HttpRequest& request, bool is_auth) const;
    std::optional<ApiError> check_token(const HttpRequest& request);
    std::optional<HttpResponse> check_quota();
    HttpResponse throttled(std::chrono::nanoseconds wait);
    HttpResponse refuse(const ApiError& error) const { return error_answer(error, variants_); }

    HttpResponse authenticate(const HttpRequest& request);
    HttpResponse route(const HttpRequest& request, const Target& target);
    HttpResponse list_products(const HttpRequest& request, const Target& target) const;
    HttpResponse show_product(std::string_view id) const;
    HttpResponse delete_product(std::string_view id);
    HttpResponse list_warehouses() const;
    HttpResponse list_subscriptions(const HttpRequest& request, const Target& target) const;
    HttpResponse create_subscription(const HttpRequest& request);
    /// `path_id`: what stands in the path; absent when the path has none.
    HttpResponse edit_subscription(const HttpRequest& request, const std::string* path_id);
    HttpResponse delete_subscription(const std::string& id);

    const SimulatorSettings& settings_;
    Company& company_;
    Subscriptions& subscriptions_;
    const Variants& variants_;
    Faults& faults_;
    SimulatorCounts& counts_;
    Clock& clock_;
    Tokens tokens_;
    Quota quota_;
    FailureShare failures_;
};

/// The JSON object in a request's body. Errors: 415, or 400 for what is no JSON object.
OrError<Json> read_body(const HttpRequest& request);

/// `GET /v1/products/{id}`: the path with ids cut, for counts.
std::string endpoint_name(const HttpRequest& request, const Target& target);

}  // namespace stockcast::sim
