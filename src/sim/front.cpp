#include "sim/front.hpp"

#include "sim/answers.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/net/byte_stream.hpp"

namespace stockcast::sim {
namespace {

constexpr std::size_t body_bytes_max = std::size_t{1} << 20;

bool has_body(const HttpRequest& head) {
    const auto length = head.fields.get("Content-Length");
    return head.fields.has("Transfer-Encoding") || (!length.empty() && length != "0");
}

/// The answer as it would go over the wire, broken off in the middle of its body.
std::string first_half(const HttpResponse& answer) {
    std::string bytes = "HTTP/1.1 " + std::to_string(answer.status) + " Cut\r\n";
    for (const auto& [name, value] : answer.fields.all()) bytes.append(name).append(": ").append(value).append("\r\n");
    bytes += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
    bytes += answer.body.substr(0, answer.body.size() / 2);
    return bytes;
}

}  // namespace

Front::Front(Api& api, Commands& commands, Faults& faults, Clock& clock)
    : api_(api), commands_(commands), faults_(faults), clock_(clock) {}

HttpVerdict Front::judge(const HttpRequest& head) {
    HttpVerdict verdict;
    verdict.body_bytes_max = body_bytes_max;
    if (Commands::is_command(head.target)) return verdict;
    if (!has_body(head)) {
        verdict.leaves_http = faults_.outage || faults_.cut_body > 0;
    } else if (faults_.outage) {
        // A request with a body can't be taken over, so its connection is not simply dropped: it is told nothing but
        // "no".
        verdict.refusal.emplace();
        verdict.refusal->status = 503;
        verdict.refusal->close = true;
    }
    return verdict;
}

asio::awaitable<HttpResponse> Front::handle(HttpRequest request, std::unique_ptr<Admitted>) {
    if (Commands::is_command(request.target)) co_return commands_.answer(request);
    if (faults_.slow > 0) {
        --faults_.slow;
        // Cancelled only when all ends; then the answer hardly matters.
        const auto slept = co_await clock_.sleep_for(faults_.slow_by);
        if (!slept) co_return refuse(503, "stopping");
    }
    co_return api_.answer(request);
}

asio::awaitable<void> Front::take_over(HttpRequest request, std::unique_ptr<Admitted>, TakenOver connection) {
    if (!faults_.outage && faults_.cut_body > 0) {
        --faults_.cut_body;
        const auto written = co_await write_all(*connection.stream, first_half(api_.answer(request)));
        if (written) {
            // The half must arrive before the end does: a goodbye instead of a reset.
            const auto ended = co_await shutdown(*connection.stream);
            (void)ended;
        }
    }
    connection.stream->close();
}

HttpResponse Front::refuse(unsigned status, std::string_view detail) {
    std::string body;
    JsonObjectWriter writer{body};
    writer.string("message", detail);
    writer.close();
    return json_answer(status, std::move(body));
}

}  // namespace stockcast::sim
