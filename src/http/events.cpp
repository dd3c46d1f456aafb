#include "http/answer.hpp"
#include "http/handlers.hpp"
#include "http/position.hpp"
#include "http/text.hpp"

#include <utility>

namespace stockcast {
namespace {

using Narrow = std::string (Filter::*)(const std::string& name);

void narrow(Filter& filter, Narrow by, Arguments& arguments, std::string_view parameter) {
    for (const auto& name : arguments.list(parameter, Filter::names_max)) {
        if (const auto accepted = (filter.*by)(name); !accepted.empty()) arguments.complain(parameter, accepted);
    }
}

Filter read_filter(Arguments& arguments) {
    Filter filter;
    narrow(filter, &Filter::add_type, arguments, "types");
    narrow(filter, &Filter::add_code, arguments, "codes");
    narrow(filter, &Filter::add_warehouse, arguments, "warehouses");
    return filter;
}

/// An EventSource can't change its address when it connects again, so the header, which tells where it was, goes before
/// the query, which tells where it began.
Resume read_resume(const HttpRequest& request, Arguments& arguments) {
    auto begun = read_position(arguments);
    const auto id = trimmed(request.fields.get("Last-Event-ID"));
    if (id.empty()) return begun;
    auto resume = parse_event_id(id);
    if (request.fields.count("Last-Event-ID") > 1) resume.is_unreadable = true;
    if (resume.epoch.empty()) resume.epoch = std::move(begun.epoch);
    return resume;
}

std::optional<HttpResponse> judge(const ApiSettings&, const HttpRequest&, const Query& query) {
    Arguments arguments{query};
    read_position(arguments);
    read_filter(arguments);
    if (!arguments.complaint().empty()) return problem(400, arguments.complaint());
    return std::nullopt;
}

HttpResponse opening(const Call&) {
    HttpResponse response;
    response.fields.add("Content-Type", "text/event-stream");
    response.fields.add("Cache-Control", "no-store");
    response.fields.add("X-Accel-Buffering", "no");  // nginx would hold events back until a buffer is full
    return response;
}

void serve(Services& services, Call call, TakenOver connection) {
    Arguments arguments{call.query};
    auto resume = read_resume(call.request, arguments);
    auto filter = read_filter(arguments);
    services.broadcaster.serve_events(std::move(connection), std::move(resume), std::move(filter),
                                      stream_client(services.settings, call));
}

}  // namespace

const Stream event_stream{judge, opening, serve};

}  // namespace stockcast
