#include "stockcast/net/http_message.hpp"

#include "net/http_syntax.hpp"

#include <algorithm>

namespace stockcast {

namespace {

auto named(std::string_view name) {
    return [name](const auto& field) { return http_syntax::equal_ignoring_case(field.first, name); };
}

/// A line break inside a value would begin a field, or an answer, of somebody else's making.
void append_value(std::string& out, std::string_view value) {
    const auto start = out.size();
    out += value;
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

}  // namespace

void HttpFields::set(std::string_view name, std::string value) {
    std::erase_if(fields_, named(name));
    fields_.emplace_back(std::string{name}, std::move(value));
}

std::string_view HttpFields::get(std::string_view name) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(), named(name));
    return found == fields_.end() ? std::string_view{} : std::string_view{found->second};
}

bool HttpFields::has(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(), named(name));
}

std::size_t HttpFields::count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), named(name)));
}

void append_status_line(std::string& out, unsigned status) {
    out += "HTTP/1.1 ";
    out += std::to_string(status);
    out += ' ';
    out += http_syntax::reason_phrase(status);
    out += "\r\n";
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    append_value(out, value);
    out += "\r\n";
}

std::string head_of(const HttpResponse& response) {
    std::string out;
    append_status_line(out, response.status);
    for (const auto& [name, value] : response.fields.all()) append_field(out, name, value);
    out += "\r\n";
    return out;
}

}  // namespace stockcast
