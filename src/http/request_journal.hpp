#pragma once

#include "http/line_budget.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/http/api.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

struct Admission;

/// Gives each request its id, and counts, times and logs how it was answered, by its route: what stands in a path or a
/// query, which may be a secret, is never written.
class RequestJournal {
public:
    /// `process`: what ids of this process begin with.
    RequestJournal(const ApiSettings& settings, std::string_view process, const Clock& clock, Log& log,
                   Metrics& metrics);

    /// `X-Request-Id` of a trusted proxy if it is well-formed, else a new one.
    std::string id_for(const HttpRequest& head);
    std::string new_id();
    /// Puts the id into an answer: as `X-Request-Id`, and as `request_id` of a problem.
    static void stamp(HttpResponse& response, std::string_view id);

    /// Once a request, when its answer's head is known; `admission.route` is null where none was found or let in.
    void answered(const Admission& admission, unsigned status);
    /// A believed notification, whose header was there at `begun`, is on disk.
    void durable(Steady begun);
    /// What the server refuses by itself: no HTTP, or past a limit.
    void refused(std::string_view id, unsigned status);

private:
    struct Series {
        std::array<Counter*, 5> by_class{};  ///< 1xx to 5xx
        Histogram* seconds = nullptr;
    };
    Series make_series(Metrics& metrics, std::string_view method, std::string_view route) const;
    void count(const Series& series, unsigned status) const;
    bool has_room();
    void tell(const Admission& admission, unsigned status, std::chrono::nanoseconds took);

    const ApiSettings& settings_;
    const Clock& clock_;
    Log& log_;
    std::string process_;
    std::uint64_t last_ = 0;
    std::vector<Series> by_route_;  ///< as routes() has them, then one for what none answers
    Histogram& webhook_durable_seconds_;
    Histogram& webhook_answered_seconds_;
    LineBudget refusals_;
};

}  // namespace stockcast
