#include "siigo/text.hpp"

#include "stockcast/siigo/translate.hpp"

#include <array>
#include <charconv>

namespace stockcast::siigo {
namespace {

constexpr std::size_t message_bytes = 200;
constexpr std::size_t scanned_bytes = 16 * 1024;
constexpr unsigned wait_seconds_max = 24 * 3600;

/// The member in SIIGO's spelling (`Errors`) or the SDK's (`errors`).
const Json* either(const Json& object, std::string_view upper, std::string_view lower_case) {
    const Json* found = object.find(upper);
    return found != nullptr ? found : object.find(lower_case);
}

std::string text_of(const Json* value) {
    if (value == nullptr) return {};
    if (const auto* text = value->if_string()) return clipped(*text, message_bytes);
    if (const auto* number = value->if_number()) return number->text;
    return {};
}

void read_entry(const Json& entry, SiigoError& error) {
    error.code = text_of(either(entry, "Code", "code"));
    error.message = text_of(either(entry, "Message", "message"));
    if (error.message.empty()) error.message = text_of(either(entry, "Detail", "detail"));
}

void read_json_error(const Json& body, SiigoError& error) {
    if (error.status == 0) {
        const auto text = text_of(either(body, "Status", "status"));
        std::from_chars(text.data(), text.data() + text.size(), error.status);
    }
    if (const Json* errors = either(body, "Errors", "errors")) {
        if (const auto* list = errors->if_array(); list != nullptr && !list->empty()) {
            read_entry(list->front(), error);
        } else if (errors->if_object() != nullptr) {
            read_entry(*errors, error);
        }
    }
    // Other shapes, as gateways write them: {"message"}, {"error": "…", "error_description"}, {"error": {"code",
    // "message"}}.
    if (error.code.empty() && error.message.empty()) read_entry(body, error);
    if (const Json* inner = either(body, "Error", "error"); inner != nullptr && error.code.empty()) {
        if (inner->if_object() != nullptr) {
            read_entry(*inner, error);
        } else {
            error.code = text_of(inner);
        }
    }
    if (error.message.empty()) error.message = text_of(body.find("error_description"));
}

std::string describe_foreign(std::string_view body) {
    const auto title = find_ignoring_case(body, "<title>");
    if (title != std::string_view::npos) {
        const auto from = title + std::string_view{"<title>"}.size();
        const auto end = find_ignoring_case(body, "</title>", from);
        return "an HTML page: " + excerpt(body.substr(from, end == std::string_view::npos ? end : end - from), 120);
    }
    if (find_ignoring_case(body, "<html") != std::string_view::npos) return "an HTML page without a title";
    return "no whole JSON: " + excerpt(body, 120);
}

/// "Try again in 42 seconds.", "Retry after 1 minute", "Intente de nuevo en 30 segundos": whatever number follows.
std::optional<unsigned> named_wait(std::string_view body) {
    constexpr std::array<std::string_view, 6> phrases{"again in ",    "retry in ",    "retry after ",
                                                      "again after ", "de nuevo en ", "nuevamente en "};
    for (auto phrase : phrases) {
        const auto at = find_ignoring_case(body, phrase);
        if (at == std::string_view::npos) continue;
        const auto rest = body.substr(at + phrase.size());
        unsigned amount = 0;
        const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), amount);
        if (failed != std::errc{}) continue;
        const auto unit = rest.substr(static_cast<std::size_t>(end - rest.data())).substr(0, 5);
        const bool minutes = find_ignoring_case(unit, "min") == 1;
        if (amount > wait_seconds_max) return wait_seconds_max;
        return std::min(minutes ? amount * 60 : amount, wait_seconds_max);
    }
    return std::nullopt;
}

}  // namespace

SiigoError read_error(unsigned status, std::string_view body) {
    SiigoError error{.status = status, .code = {}, .message = {}, .wait_seconds = {}};
    const auto scanned = body.substr(0, scanned_bytes);
    if (scanned.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        error.message = "an empty body";
        return error;
    }
    if (auto json = parse_json(body); json && json->if_object() != nullptr) {
        read_json_error(*json, error);
    } else if (json && json->if_array() != nullptr && !json->if_array()->empty()) {
        read_entry(json->if_array()->front(), error);
    }
    if (error.message.empty()) error.message = error.code.empty() ? describe_foreign(scanned) : error.code;
    error.wait_seconds = named_wait(scanned);
    return error;
}

}  // namespace stockcast::siigo
