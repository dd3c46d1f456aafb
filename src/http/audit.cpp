#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/audit_trail.hpp"
#include "http/handlers.hpp"
#include "http/log_scan.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/records.hpp"

#include <utility>

namespace stockcast {

asio::awaitable<HttpResponse> list_audit(Services& services, Call call) {
    Arguments arguments{call.query};
    LogRange range;
    range.company = services.settings.company;
    range.limit = arguments.limit();
    range.from = arguments.time("from");
    range.to = arguments.time("to");
    const auto subject = arguments.text("subject");
    if (const auto before = arguments.text("before")) {
        if (const auto id = LogId::parse(*before))
            range.before = *id;
        else
            arguments.complain("before", "the `next` of an earlier answer");
    }
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    co_await services.audit.flush();  // an attempt of a moment ago is listed too
    const auto append = [subject](std::string& out, std::string_view value) -> Result<Wanted> {
        const auto entry = records::decode_audit_entry(value);
        if (!entry) return entry.error();
        if (subject && entry->subject != *subject) return Wanted::no;
        write_audit_json(out, *entry);
        return Wanted::yes;
    };
    const auto job = [&store = services.store, range = std::move(range), append] {
        return read_log(store, Family::audit, range, append);
    };
    const auto page = co_await offload(services.workers, job);
    if (!page) co_return failure_answer(page.error());

    std::string body;
    body.reserve(page->entries.size() + 100);
    JsonObjectWriter json{body};
    json.boolean("success", true);
    json.open("audit").append("[").append(page->entries).append("]");
    if (page->next)
        json.string("next", page->next->to_string());
    else
        json.null("next");
    json.close();
    co_return json_answer(200, std::move(body));
}

}  // namespace stockcast
