#include "http/list_answer.hpp"

#include "http/answer.hpp"
#include "http/readers.hpp"

#include "stockcast/base/json.hpp"

#include <algorithm>
#include <utility>

namespace stockcast {

HttpResponse list_answer(const Call& call, const ListPage& page) {
    std::string body;
    body.reserve(page.entries.size() + page.more.size() + 100);
    body += R"({"success":true,)";
    if (!page.more.empty()) body.append(page.more) += ',';
    body.append("\"").append(page.name).append("\":[").append(page.entries).append("],\"next\":");
    if (page.next.empty())
        body += "null";
    else
        write_json_string(body, page.next);
    body += '}';

    auto response = json_answer(200, std::move(body));
    if (!page.next.empty()) response.fields.add("Link", link_to_next(call, page.cursor, page.next));
    return response;
}

asio::awaitable<HttpResponse> answer_list(Services& services, const Call& call, GoOn go_on) {
    const auto answer = [&go_on, &call]() -> Result<std::optional<HttpResponse>> {
        const auto page = go_on();
        if (!page) return page.error();
        if (!*page) return std::optional<HttpResponse>{};
        return std::optional{list_answer(call, **page)};
    };
    co_return co_await services.readers.answer(answer);
}

std::string link_to_next(const Call& call, std::string_view cursor, std::string_view next) {
    std::string link = "<";
    const std::string_view target = call.request.target;
    for (const char c : target.substr(0, std::min(target.find('?'), target.size()))) {
        // What a lenient reading of the path let through must not end the address here.
        if (c == '<' || c == '>' || c == '"')
            link += percent_encoded({&c, 1});
        else
            link += c;
    }
    link += '?';
    for (const auto& [name, value] : call.query.all()) {
        if (name == cursor) continue;
        link.append(percent_encoded(name)).append("=").append(percent_encoded(value)).append("&");
    }
    return link.append(cursor).append("=").append(percent_encoded(next)).append(">; rel=\"next\"");
}

}  // namespace stockcast
