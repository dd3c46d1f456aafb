#include "http/door.hpp"

#include "http/answer.hpp"
#include "http/origin.hpp"
#include "http/reception.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t notification_bytes_max = std::size_t{1} << 20;
constexpr std::size_t ignored_body_bytes_max = 4 * 1024;

std::size_t body_limit_of(const Route& route) {
    return route.body == BodyKind::none ? ignored_body_bytes_max : notification_bytes_max;
}

bool is_declared(const Route& route, std::string_view name) {
    return std::any_of(route.parameters.begin(), route.parameters.end(),
                       [&](const Parameter& p) { return p.name == name; });
}

std::optional<HttpResponse> judge_query(const Route& route, const Query& query) {
    for (const auto& [name, value] : query.all()) {
        if (is_declared(route, name)) continue;
        std::string detail = "Unknown query parameter " + name;
        for (const auto& known : route.parameters)
            detail.append(&known == &route.parameters.front() ? "; known: " : ", ").append(known.name);
        if (route.parameters.empty()) detail += "; none is known here";
        return problem(400, detail);
    }
    return std::nullopt;
}

std::optional<HttpResponse> judge_body(const Route& route, const HttpRequest& head) {
    if (route.body == BodyKind::json && !is_json_body(head.fields))
        return problem(415, "The body must be application/json, not compressed");
    const auto length = head.fields.get("Content-Length");
    std::uint64_t bytes = 0;
    const auto read = std::from_chars(length.data(), length.data() + length.size(), bytes);
    const bool beyond =
        read.ec == std::errc::result_out_of_range || (read.ec == std::errc{} && bytes > body_limit_of(route));
    if (!length.empty() && beyond)
        return problem(413, "The body may have " + std::to_string(body_limit_of(route)) + " bytes");
    return std::nullopt;
}

/// `id` for the first of `/api/products/{id}`.
std::string argument_name(std::string_view pattern, std::size_t index) {
    for (; index > 0; --index) pattern.remove_prefix(pattern.find('}') + 1);
    const auto open = pattern.find('{') + 1;
    return std::string{pattern.substr(open, pattern.find('}') - open)};
}

/// The path as sent and the query's text.
std::pair<std::string_view, std::string_view> split(std::string_view target) {
    const auto mark = std::min(target.find('?'), target.size());
    return {target.substr(0, mark), target.substr(std::min(mark + 1, target.size()))};
}

}  // namespace

std::optional<HttpResponse> Door::unrouted(const HttpRequest& head, const Found& found) {
    if (auto refused = access_.limit_by_address(head)) return refused;
    if (found.allow.empty()) return problem(404, "There is nothing at this path");
    if (head.method == "OPTIONS") return answer_options(settings_, head, found.allow);
    auto response = problem(405, "This path does not take this method");
    response.fields.add("Allow", found.allow);
    return response;
}

std::unique_ptr<Admission> Door::admit(const HttpRequest& head) {
    auto admission = std::make_unique<Admission>();
    admission->origin = head.fields.get("Origin");
    const auto [path, query_text] = split(head.target);
    const auto found = find_route(head.method, path);
    if (found.route == nullptr) {
        admission->refusal = unrouted(head, found);
        return admission;
    }
    const auto& route = *found.route;

    // A query that can't be read is refused only after access was judged: what is behind the door is nobody's to probe.
    auto query = Query::parse(query_text);
    std::string complaint;
    if (query)
        admission->query = *std::move(query);
    else
        complaint = std::move(query).error();
    for (std::size_t i = 0; i < found.argument_count; ++i) {
        auto argument = percent_decoded(found.arguments[i]);
        if (!argument)
            complaint = "The path: UTF-8 in % encoding, without control characters, is accepted as its " +
                        argument_name(route.pattern, i);
        admission->arguments.push_back(argument ? *std::move(argument) : std::string{});
    }

    const std::string_view secret =
        route.entry == Entry::secret ? std::string_view{admission->arguments.front()} : std::string_view{};
    auto& refusal = admission->refusal;
    refusal = access_.refusal(head, admission->query, route.entry, secret, admission->caller);
    if (refusal) {
        admission->refused_route = &route;
        return admission;
    }

    admission->route = &route;
    admission->body_bytes_max = body_limit_of(route);
    if (!complaint.empty()) refusal = problem(400, complaint);
    if (!refusal) refusal = judge_query(route, admission->query);
    if (!refusal) refusal = judge_body(route, head);
    if (!refusal && route.stream != nullptr) refusal = route.stream->judge(settings_, head, admission->query);
    return admission;
}

void Door::dress(HttpResponse& response, std::string_view origin) const {
    response.fields.add("X-Content-Type-Options", "nosniff");
    // RFC 6797 for this name alone: what else lives below it is not ours to decide.
    if (settings_.secure) response.fields.add("Strict-Transport-Security", "max-age=31536000");
    if (!response.fields.has("Cache-Control")) response.fields.add("Cache-Control", "no-store");
    add_cors(settings_, origin, response);
}

}  // namespace stockcast
