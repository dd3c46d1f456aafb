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

std::string_view reason_phrase(unsigned status) {
    switch (status) {
        case 100: return "Continue";
        case 101: return "Switching Protocols";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 426: return "Upgrade Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        default: return "Unknown";
    }
}

void append_status_line(std::string& out, unsigned status) {
    out += "HTTP/1.1 ";
    out += std::to_string(status);
    out += ' ';
    out += reason_phrase(status);
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
