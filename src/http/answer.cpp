#include "http/answer.hpp"

#include "stockcast/base/json.hpp"

namespace stockcast {
namespace {

using std::chrono::seconds;

void write_errors(std::string& out, const std::vector<siigo::Complaint>& errors) {
    out += '[';
    for (const auto& error : errors) {
        if (out.back() != '[') out += ',';
        JsonObjectWriter json{out};
        json.string("member", error.member).string("reason", error.reason);
        json.close();
    }
    out += ']';
}

}  // namespace

HttpResponse json_answer(unsigned status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.fields.add("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

HttpResponse problem(unsigned status, const Problem& what) {
    std::string body;
    JsonObjectWriter json{body};
    json.string("type", "about:blank").string("title", reason_phrase(status)).number("status", status);
    json.string("detail", what.detail).boolean("success", false);
    if (!what.errors.empty()) write_errors(json.open("errors"), what.errors);
    if (!what.more.empty()) body.append(",").append(what.more);
    json.close();

    HttpResponse response;
    response.status = status;
    response.fields.add("Content-Type", "application/problem+json");
    response.body = std::move(body);
    return response;
}

HttpResponse problem(unsigned status, std::string_view detail) {
    return problem(status, Problem{.detail = detail});
}

HttpResponse problem_for_now(unsigned status, std::string_view detail, seconds again_in) {
    auto response = problem(status, detail);
    response.fields.add("Retry-After", std::to_string(again_in.count()));
    return response;
}

HttpResponse failure_answer(boost::system::error_code why) {
    if (why == Errc::ledger_full)
        return problem_for_now(429, "More notifications are waiting than can be taken", seconds{1});
    if (why == Errc::store_full)
        return problem_for_now(503, "There is no room on the disk, nothing was taken", seconds{30});
    if (why == Errc::store_failed) return problem_for_now(503, "It could not be made durable", seconds{5});
    if (why == Errc::too_busy)
        return problem_for_now(503, "As many lists and exports are being read as may be at once", seconds{1});
    if (why == Errc::store_damaged) return problem(500, "A stored value can't be read: its checksum is wrong");
    if (why == Errc::stopping) {
        auto response = problem_for_now(503, "The server is stopping", seconds{5});
        response.close = true;
        return response;
    }
    return problem(500, "Something failed that should not");
}

}  // namespace stockcast
