#include "log_line.hpp"

#include "utf8.hpp"

#include "stockcast/base/json.hpp"

#include <algorithm>
#include <array>

namespace stockcast {
namespace {

// Whatever is logged, a line stays short enough that a full queue has a bound in bytes too.
constexpr std::size_t message_bytes_max = 2048;
constexpr std::size_t field_bytes_max = 1024;

/// The front of `text`, cut between two code points.
std::string_view clipped(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

std::string_view sign(Mark mark) {
    switch (mark) {
        case Mark::sync: return "🔄 ";
        case Mark::webhook: return "🔔 ";
        case Mark::error: return "❌ ";
        case Mark::success: return "✅ ";
        case Mark::none: break;
    }
    return "";
}

std::string_view name_of(Mark mark) {
    switch (mark) {
        case Mark::sync: return "sync";
        case Mark::webhook: return "webhook";
        case Mark::error: return "error";
        case Mark::success: return "success";
        case Mark::none: break;
    }
    return "none";
}

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: break;
    }
    return "error";
}

/// C0, DEL and C1 controls, line and paragraph separators, and the marks that override the direction of text.
bool is_unsafe(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

void append_hex(std::string& out, std::string_view prefix, char32_t value, int width) {
    out += prefix;
    for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15];
}

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto step = decode_utf8(text);
        const auto bytes = text.substr(0, step.size);
        text.remove_prefix(step.size);
        if (!step.valid) {
            append_hex(out, "\\x", static_cast<unsigned char>(bytes[0]), 2);
        } else if (step.code_point == '\n') {
            out += "\\n";
        } else if (step.code_point == '\r') {
            out += "\\r";
        } else if (step.code_point == '\t') {
            out += "\\t";
        } else if (is_unsafe(step.code_point)) {
            append_hex(out, "\\u", step.code_point, 4);
        } else {
            out += bytes;
        }
    }
}

std::string message(const LogEntry& entry, Language language) {
    const auto sentence = language == Language::spanish ? entry.sentence.spanish : entry.sentence.english;
    auto filled = fill_in(sentence, entry.fields);
    filled.resize(clipped(filled, message_bytes_max).size());
    return filled;
}

}  // namespace

std::string text_line(const LogEntry& entry, Language language, std::string_view local_time) {
    std::string out{sign(entry.mark)};
    out += local_time;
    out += ' ';
    append_escaped(out, message(entry, language));
    return out;
}

std::string json_line(const LogEntry& entry, Language language) {
    constexpr std::array<std::string_view, 4> ours{"time", "level", "mark", "message"};

    std::string out;
    JsonObjectWriter writer{out};
    writer.string(ours[0], entry.at.to_iso_ms());
    writer.string(ours[1], name_of(entry.level));
    if (entry.mark != Mark::none) writer.string(ours[2], name_of(entry.mark));
    writer.string(ours[3], message(entry, language));
    for (const auto& field : entry.fields) {
        std::string name{field.name};
        if (std::find(ours.begin(), ours.end(), field.name) != ours.end()) name += '_';
        const auto value = clipped(field.value, field_bytes_max);
        field.quoted ? writer.string(name, value) : writer.raw(name, value);
    }
    writer.close();
    return out;
}

}  // namespace stockcast
