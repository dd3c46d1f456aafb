#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/audit_trail.hpp"
#include "http/handlers.hpp"
#include "http/log_scan.hpp"

#include "stockcast/store/records.hpp"

#include <utility>

namespace stockcast {

asio::awaitable<HttpResponse> list_audit(Services& services, Call call) {
    Arguments arguments{call.query};
    auto range = read_log_range(arguments, services.settings.company);
    range.from = arguments.time("from");
    range.to = arguments.time("to");
    const auto subject = arguments.text("subject");
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    co_await services.audit.flush();  // an attempt of a moment ago is listed too
    auto append = [subject](std::string& out, std::string_view value) -> Result<Wanted> {
        const auto entry = records::decode_audit_entry(value);
        if (!entry) return entry.error();
        if (subject && entry->subject != *subject) return Wanted::no;
        write_audit_json(out, *entry);
        return Wanted::yes;
    };
    co_return co_await answer_log(services, std::move(call), "audit", Family::audit, std::move(range),
                                  std::move(append));
}

}  // namespace stockcast
