// Who listens: the open streams, and the end of one.
#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/handlers.hpp"
#include "http/list_answer.hpp"
#include "http/text.hpp"

#include "stockcast/base/json.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>

namespace stockcast {
namespace {

std::optional<std::uint64_t> stream_id(std::string_view text) {
    std::uint64_t id = 0;
    const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (failed != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
    return id;
}

void write_filter(std::string& out, const Filter& filter) {
    JsonObjectWriter json{out};
    const auto list = [&json](std::string_view member, const Filter::Names& names, auto write) {
        if (names.empty()) return;
        auto& text = json.open(member);
        text += '[';
        for (const auto& name : names) {
            if (text.back() != '[') text += ',';
            write(text, name);
        }
        text += ']';
    };
    list("types", filter.types(), write_json_string);
    list("codes", filter.codes(), write_json_string);
    // Ids are JSON already.
    list("warehouses", filter.warehouses(), [](std::string& text, const std::string& id) { text += id; });
    json.close();
}

void append_stream(std::string& out, const StreamState& stream) {
    if (!out.empty()) out += ',';
    JsonObjectWriter json{out};
    json.string("id", std::to_string(stream.id)).string("transport", stream.transport);
    json.string("address", stream.client.address);
    if (stream.client.subject.empty())
        json.null("subject");
    else
        json.string("subject", stream.client.subject);
    json.string("connected_at", stream.connected_at.to_iso_ms());
    if (stream.filter)
        write_filter(json.open("filter"), *stream.filter);
    else
        json.null("filter");
    json.number("cursor", static_cast<std::int64_t>(stream.cursor));
    json.number("lag_changes", static_cast<std::int64_t>(stream.behind));
    json.open("lag_seconds")
        .append(thousandths(std::chrono::floor<std::chrono::milliseconds>(stream.behind_for).count()));
    json.number("bytes_waiting", static_cast<std::int64_t>(stream.bytes_waiting));
    json.close();
}

}  // namespace

asio::awaitable<HttpResponse> list_streams(Services& services, Call call) {
    Arguments arguments{call.query};
    const auto limit = arguments.limit();
    std::uint64_t after = 0;
    if (const auto cursor = arguments.text("cursor")) {
        const auto id = stream_id(*cursor);
        if (id)
            after = *id;
        else
            arguments.complain("cursor", "the `next` of an earlier answer");
    }
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    // One more than asked for tells whether there are more.
    auto streams = services.broadcaster.streams(after, limit + 1);
    ListPage page{.name = "streams", .cursor = "cursor", .entries = {}, .next = {}};
    if (streams.size() > limit) {
        streams.pop_back();
        page.next = std::to_string(streams.back().id);
    }
    for (const auto& stream : streams) append_stream(page.entries, stream);
    page.more = "\"seq\":" + std::to_string(services.broadcaster.head());
    co_return list_answer(call, page);
}

asio::awaitable<HttpResponse> end_stream(Services& services, Call call) {
    const auto id = stream_id(call.arguments.front());
    if (!id || !services.broadcaster.end_stream(*id)) co_return problem(404, "No stream has this id");
    co_return json_answer(200, R"({"success":true})");
}

}  // namespace stockcast
