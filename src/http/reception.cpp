#include "http/reception.hpp"

#include "http/text.hpp"

#include "stockcast/base/json.hpp"

#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t error_bytes_max = 1'000;

Reception refused(unsigned status, std::string detail, std::vector<siigo::Complaint> errors = {}) {
    Reception reception;
    reception.refusal = Refusal{status, std::move(detail), std::move(errors)};
    return reception;
}

}  // namespace

bool is_json_body(const HttpFields& fields) {
    const auto type = fields.get("Content-Type");
    if (!equal_without_case(trimmed(type.substr(0, type.find(';'))), "application/json")) return false;
    const auto encoding = trimmed(fields.get("Content-Encoding"));
    return encoding.empty() || equal_without_case(encoding, "identity");
}

Reception read_reception(const HttpRequest& request, std::string_view known_company_key) {
    if (!is_json_body(request.fields)) return refused(415, "The body must be application/json, not compressed");
    auto body = parse_json(request.body);
    if (!body) {
        return refused(400, body.error() == Errc::out_of_bounds
                                ? "The body is JSON past what is read: its depth, or a number's digits or exponent"
                                : "The body is no JSON, is cut short, or has a name twice in one object");
    }
    if (body->if_object() == nullptr) return refused(400, "The body is JSON, but no object");

    auto read = siigo::read_notification(std::move(*body));
    Reception reception;
    reception.topic = std::move(read.topic);
    reception.company_key = std::move(read.company_key);
    reception.code = std::move(read.code);
    reception.product = read.product;
    if (!read.notification || !read.complaints.empty()) {
        reception.refusal = Refusal{422, "This is no notification of SIIGO's", std::move(read.complaints)};
    } else if (const auto& key = reception.company_key;
               !known_company_key.empty() && !key.empty() && key != known_company_key) {
        reception.refusal =
            Refusal{422, "This is another company's notification", {{"company_key", "is another company's"}}};
    } else {
        reception.notification = std::move(read.notification);
    }
    return reception;
}

std::string in_one_line(const Refusal& refusal) {
    std::string line = refusal.detail;
    for (const auto& [member, reason] : refusal.errors) {
        line.append(line.size() == refusal.detail.size() ? ": " : "; ").append(member).append(": ").append(reason);
        if (line.size() > error_bytes_max) break;
    }
    if (line.size() <= error_bytes_max) return line;
    line.resize(error_bytes_max);
    while (!is_utf8(line)) line.pop_back();
    return line;
}

}  // namespace stockcast
