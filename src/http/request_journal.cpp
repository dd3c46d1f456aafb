#include "http/request_journal.hpp"

#include "http/door.hpp"
#include "http/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stockcast {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds slow{1000};
constexpr std::uint64_t refusal_lines_per_second = 10;
constexpr std::size_t id_characters_max = 64;
/// Coarse, since there are some thirty routes.
constexpr std::array<double, 6> route_seconds{0.001, 0.005, 0.025, 0.1, 0.5, 2.5};
constexpr std::string_view unmatched = "unmatched";

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= id_characters_max && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
               c == '.';
    });
}

/// The one that was asked for, also where access was refused; null: there is none.
const Route* asked_for(const Admission& admission) {
    return admission.route != nullptr ? admission.route : admission.refused_route;
}

std::size_t index_of(const Route* route) {
    return route == nullptr ? routes().size() : static_cast<std::size_t>(route - routes().data());
}

/// Refusals that somebody may want to look into; the rest is the client's own affair.
bool is_worth_a_line(const Route* route, unsigned status) {
    if (route != nullptr && route->entry == Entry::health) return false;
    return status == 401 || status == 403 || status == 429 || status == 503;
}

}  // namespace

RequestJournal::RequestJournal(const ApiSettings& settings, std::string_view process, const Clock& clock, Log& log,
                               Metrics& metrics)
    : settings_(settings),
      clock_(clock),
      log_(log),
      process_(process),
      webhook_durable_seconds_(metrics.histogram("stockcast_webhook_durable_seconds",
                                                 "From a believed notification's header to its place on the disk.",
                                                 latency_seconds)),
      webhook_answered_seconds_(metrics.histogram("stockcast_webhook_answered_seconds",
                                                  "From a believed notification's header to its answer.",
                                                  latency_seconds)),
      refusals_(clock, refusal_lines_per_second) {
    process_ += '-';
    for (const auto& route : routes()) by_route_.push_back(make_series(metrics, route.method, route.pattern));
    by_route_.push_back(make_series(metrics, "", unmatched));
}

RequestJournal::Series RequestJournal::make_series(Metrics& metrics, std::string_view method,
                                                   std::string_view route) const {
    Series series;
    for (std::size_t i = 0; i < series.by_class.size(); ++i)
        series.by_class[i] = &metrics.counter(
            "stockcast_http_requests_total", "Requests answered, by route and class of status.",
            {{"method", std::string{method}}, {"route", std::string{route}}, {"code", std::to_string(i + 1) + "xx"}});
    series.seconds =
        &metrics.histogram("stockcast_http_request_duration_seconds",
                           "From a request's header to its answer's head, the wait for its body included.",
                           route_seconds, {{"method", std::string{method}}, {"route", std::string{route}}});
    return series;
}

std::string RequestJournal::id_for(const HttpRequest& head) {
    const auto given = head.fields.get("X-Request-Id");
    if (!given.empty() && is_id(given) && settings_.trusted_proxies.contains(head.peer)) return std::string{given};
    return new_id();
}

std::string RequestJournal::new_id() {
    std::array<char, 16> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), ++last_, 36);
    std::string id;
    id.reserve(process_.size() + digits.size());
    return id.append(process_).append(digits.data(), written.ptr);
}

void RequestJournal::stamp(HttpResponse& response, std::string_view id) {
    response.fields.add("X-Request-Id", std::string{id});
    const bool is_problem =
        response.fields.get("Content-Type") == "application/problem+json" && !response.fields.has("Content-Encoding");
    if (!is_problem || !response.body.ends_with('}')) return;
    response.body.pop_back();
    response.body.append(R"(,"request_id":")").append(id).append("\"}");  // is_id() and new_id() give plain letters
}

void RequestJournal::count(const Series& series, unsigned status) const {
    const auto of_class = std::clamp(status / 100, 1U, 5U) - 1;
    series.by_class[of_class]->add();
}

void RequestJournal::answered(const Admission& admission, unsigned status) {
    const auto took = clock_.now() - admission.begun;
    const auto* route = asked_for(admission);
    const auto& series = by_route_[index_of(route)];
    count(series, status);
    series.seconds->observe(took);
    if (status == 200 && route != nullptr && route->entry == Entry::secret) webhook_answered_seconds_.observe(took);
    tell(admission, status, took);
}

void RequestJournal::durable(Steady begun) {
    webhook_durable_seconds_.observe(clock_.now() - begun);
}

void RequestJournal::refused(std::string_view id, unsigned status) {
    count(by_route_.back(), status);
    log_.debug(Mark::none,
               {"A request was refused with {status} before it had a route [{request}]",
                "Se rechazó una petición con {status} antes de tener ruta [{request}]"},
               {{"status", status}, {"request", id}});
}

bool RequestJournal::has_room() {
    return refusals_.take([this](std::uint64_t count) {
        log_.warning(Mark::none, {"{count} more requests were refused", "Se rechazaron {count} peticiones más"},
                     {{"count", count}});
    });
}

void RequestJournal::tell(const Admission& admission, unsigned status, std::chrono::nanoseconds took) {
    const auto* route = asked_for(admission);
    const bool is_admins = route != nullptr && route->entry == Entry::admin && route->method != "GET" && status < 300;
    const bool is_slow = took >= slow && admission.query.find("wait") == nullptr;
    const bool is_refused = is_worth_a_line(route, status);
    if (!is_admins && !is_slow && !is_refused && !log_.wants(LogLevel::debug)) return;

    const auto ms = std::chrono::duration_cast<milliseconds>(took).count();
    const std::string_view who = admission.caller ? std::string_view{admission.caller->subject} : "-";
    const std::string_view address = admission.address;
    const std::initializer_list<Field> fields{{"method", route == nullptr ? "-" : route->method},
                                              {"route", route == nullptr ? unmatched : route->pattern},
                                              {"status", status},
                                              {"ms", ms},
                                              {"address", address},
                                              {"who", who},
                                              {"request", admission.request_id}};
    if (is_refused && has_room())
        log_.warning(Mark::none,
                     {"{method} {route} from {address} refused with {status} [{request}]",
                      "{method} {route} desde {address} rechazada con {status} [{request}]"},
                     fields);
    else if (is_admins)
        log_.info(Mark::none,
                  {"{who} from {address}: {method} {route}, {status} [{request}]",
                   "{who} desde {address}: {method} {route}, {status} [{request}]"},
                  fields);
    else if (is_slow)
        log_.warning(Mark::none,
                     {"{method} {route} took {ms} ms, answered with {status} [{request}]",
                      "{method} {route} tardó {ms} ms, respondida con {status} [{request}]"},
                     fields);
    else
        log_.debug(Mark::none,
                   {"{method} {route} {status} {ms} ms, {who} from {address} [{request}]",
                    "{method} {route} {status} {ms} ms, {who} desde {address} [{request}]"},
                   fields);
}

}  // namespace stockcast
