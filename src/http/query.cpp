#include "http/query.hpp"

#include "http/text.hpp"

#include <algorithm>

namespace stockcast {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

bool is_control(char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
}

enum class Plus { itself, space };

Result<std::string> decoded(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return Errc::malformed;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == Plus::space) {
            c = ' ';
        }
        if (is_control(c)) return Errc::malformed;
        out += c;
    }
    if (!is_utf8(out)) return Errc::malformed;
    return out;
}

}  // namespace

Result<std::string> percent_decoded(std::string_view text) {
    return decoded(text, Plus::itself);
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto code = static_cast<unsigned char>(c);
        out += '%';
        out += digits[code >> 4];
        out += digits[code & 15];
    }
    return out;
}

boost::system::result<Query, std::string> Query::parse(std::string_view text) {
    const auto refused = [](std::string_view name, std::string_view accepted) {
        return "Query parameter " + std::string{name} + ": " + std::string{accepted} + " is accepted";
    };
    constexpr std::string_view well_formed = "UTF-8 in % encoding, without control characters,";
    Query query;
    while (!text.empty()) {
        const auto piece = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(piece.size() + 1, text.size()));
        if (piece.empty()) continue;
        if (query.parameters_.size() == parameters_max)
            return "A query of at most " + std::to_string(parameters_max) + " parameters is accepted";

        const auto equals = std::min(piece.find('='), piece.size());
        auto name = decoded(piece.substr(0, equals), Plus::space);
        auto value = decoded(piece.substr(std::min(equals + 1, piece.size())), Plus::space);
        if (!name) return "The name of a query parameter: " + std::string{well_formed} + " is accepted";
        if (name->empty()) return std::string{"A query parameter without a name: only name=value is accepted"};
        if (!value) return refused(*name, well_formed);
        if (query.find(*name) != nullptr) return refused(*name, "one value, not several,");
        query.parameters_.emplace_back(*std::move(name), *std::move(value));
    }
    return query;
}

const std::string* Query::find(std::string_view name) const {
    for (const auto& [key, value] : parameters_) {
        if (key == name) return &value;
    }
    return nullptr;
}

std::string Query::serialised() const {
    std::string out;
    for (const auto& [name, value] : parameters_) {
        if (!out.empty()) out += '&';
        out += percent_encoded(name);
        out += '=';
        out += percent_encoded(value);
    }
    return out;
}

}  // namespace stockcast
