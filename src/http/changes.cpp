#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/handlers.hpp"
#include "http/list_answer.hpp"

#include "stockcast/base/json.hpp"

#include <utility>

namespace stockcast {
namespace {

constexpr std::chrono::milliseconds wait_max{60'000};

std::string position(Seq head, std::string_view epoch) {
    std::string members;
    members.append("\"seq\":").append(std::to_string(head)).append(",\"epoch\":");
    write_json_string(members, epoch);
    return members;
}

}  // namespace

asio::awaitable<HttpResponse> list_changes(Services& services, Call call) {
    Arguments arguments{call.query};
    const Seq since = arguments.seq("since").value_or(0);
    const auto limit = arguments.limit();
    const auto wait = arguments.duration("wait", wait_max).value_or(std::chrono::milliseconds{0});
    const auto epoch = arguments.text("epoch");
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    const auto own_epoch = services.ledger.status().epoch;
    const auto gone = [&](std::string_view detail) {
        const auto more = position(services.broadcaster.head(), own_epoch);
        return problem(410, {.detail = detail, .more = more});
    };
    if (epoch && *epoch != own_epoch) co_return gone("That is another store's epoch: read /api/products again");

    const auto found = co_await services.broadcaster.changes_after(since, limit, services.clock.now() + wait);
    if (!found && found.error() == Errc::not_found)
        co_return gone(
            "The changes after `since` are no longer kept, or it is ahead of the log: read /api/products again");
    if (!found) co_return failure_answer(found.error());

    std::string body;
    body.reserve(found->events.size() + 100);
    JsonObjectWriter json{body};
    json.boolean("success", true).number("seq", static_cast<std::int64_t>(found->head));
    json.open("changes").append("[").append(found->events).append("]");
    json.string("epoch", own_epoch);
    json.close();
    auto response = json_answer(200, std::move(body));
    const Seq last = since + found->count;
    if (found->count > 0 && last < found->head)
        response.fields.add("Link", link_to_next(call, "since", std::to_string(last)));
    co_return response;
}

}  // namespace stockcast
