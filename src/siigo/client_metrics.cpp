#include "siigo/client_impl.hpp"

#include <string>
#include <utility>

namespace stockcast::siigo {
namespace {

using State = ClientStatus::State;

constexpr std::array<double, 9> call_seconds{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60};

constexpr std::pair<Ending, const char*> outcomes[] = {
    {Ending::good, "good"},           {Ending::not_sent, "not_sent"},   {Ending::lost, "lost"},
    {Ending::broken, "broken"},       {Ending::throttled, "throttled"}, {Ending::refused, "refused"},
    {Ending::not_found, "not_found"}, {Ending::rejected, "rejected"},
};

constexpr std::pair<State, const char*> states[] = {
    {State::healthy, "healthy"},           {State::slowed, "slowed"},   {State::probing_only, "probing_only"},
    {State::breaker_open, "breaker_open"}, {State::refused, "refused"},
};

}  // namespace

CallMeters::CallMeters(Metrics& metrics) {
    for (const auto& [ending, name] : outcomes) {
        const auto index = static_cast<std::size_t>(ending);
        requests_[index] = &metrics.counter("stockcast_siigo_requests_total", "Requests to SIIGO, by how they ended.",
                                            {{"outcome", name}});
        seconds_[index] = &metrics.histogram("stockcast_siigo_request_duration_seconds",
                                             "From a request to SIIGO to its answer, or until it was given up.",
                                             call_seconds, {{"outcome", name}});
    }
}

void CallMeters::count(Ending ending, std::chrono::nanoseconds took) {
    const auto index = static_cast<std::size_t>(ending);
    requests_[index]->add();
    seconds_[index]->observe(took);
}

void Client::measure(Metrics& metrics) {
    impl_->meters.emplace(metrics);
    const auto status = [impl = impl_.get()] { return impl->gate.status(impl->moment()); };
    for (const auto& [state, name] : states)
        metrics.gauge("stockcast_siigo_state", "1 for how we stand with SIIGO, 0 for the other states.",
                      {{"state", name}}, [status, wanted = state] { return status().state == wanted ? 1.0 : 0.0; });
    metrics.gauge("stockcast_siigo_quota_requests", "SIIGO_REQUESTS_PER_MINUTE: what may be sent in a minute.", {},
                  [impl = impl_.get()] { return static_cast<double>(impl->settings.requests_per_minute); });
    metrics.gauge("stockcast_siigo_quota_left_requests", "What may still be sent in this minute.", {},
                  [impl = impl_.get(), status] {
                      const auto sent = status().sends_last_minute;
                      const auto quota = impl->settings.requests_per_minute;
                      return sent < quota ? static_cast<double>(quota - sent) : 0.0;
                  });
    metrics.gauge("stockcast_siigo_failure_ratio",
                  "Share of the last 7 days' calls that failed; SIIGO blocks the user at 0.8.", {}, [status] {
                      const auto now = status();
                      const auto calls = static_cast<double>(now.calls_7d);
                      return calls > 0 ? static_cast<double>(now.failures_7d) / calls : 0.0;
                  });
}

}  // namespace stockcast::siigo
