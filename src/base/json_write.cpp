#include "utf8.hpp"

#include "stockcast/base/json.hpp"

#include <charconv>

namespace stockcast {
namespace {

constexpr char hex[] = "0123456789abcdef";

void write_control(std::string& out, char c) {
    switch (c) {
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
}

void write_name(std::string& out, bool& first, std::string_view name) {
    if (!first) out += ',';
    first = false;
    write_json_string(out, name);
    out += ':';
}

}  // namespace

void write_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t copied = 0;  // what stands as it is goes over in runs
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            ++i;
            continue;
        }
        const auto step = decode_utf8(text.substr(i));
        if (step.valid && c >= 0x80) {
            i += step.size;
            continue;
        }

        out.append(text, copied, i - copied);
        if (!step.valid) {
            out += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += text[i];
        } else {
            write_control(out, text[i]);
        }
        copied = ++i;
    }
    out.append(text, copied, text.size() - copied);
    out += '"';
}

void write_json(std::string& out, const Json& value) {
    if (const auto* text = value.if_string()) {
        write_json_string(out, *text);
    } else if (const auto* number = value.if_number()) {
        out += number->text;
    } else if (const auto* object = value.if_object()) {
        out += '{';
        bool first = true;
        for (const auto& [name, member] : *object) {
            write_name(out, first, name);
            write_json(out, member);
        }
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        bool first = true;
        for (const auto& element : *array) {
            if (!first) out += ',';
            first = false;
            write_json(out, element);
        }
        out += ']';
    } else if (const auto* flag = value.if_bool()) {
        out += *flag ? "true" : "false";
    } else {
        out += "null";
    }
}

std::string to_text(const Json& value) {
    std::string out;
    write_json(out, value);
    return out;
}

std::string& JsonObjectWriter::open(std::string_view name) {
    write_name(out_, first_, name);
    return out_;
}

JsonObjectWriter& JsonObjectWriter::string(std::string_view name, std::string_view value) {
    write_json_string(open(name), value);
    return *this;
}

JsonObjectWriter& JsonObjectWriter::number(std::string_view name, std::int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    open(name).append(digits, end);
    return *this;
}

JsonObjectWriter& JsonObjectWriter::boolean(std::string_view name, bool value) {
    open(name) += value ? "true" : "false";
    return *this;
}

JsonObjectWriter& JsonObjectWriter::null(std::string_view name) {
    open(name) += "null";
    return *this;
}

JsonObjectWriter& JsonObjectWriter::raw(std::string_view name, std::string_view value) {
    open(name) += value;
    return *this;
}

}  // namespace stockcast
