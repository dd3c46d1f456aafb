#include "http/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace stockcast {
namespace {

struct Step {
    char32_t code_point = 0;
    std::size_t size = 0;  // 0: not UTF-8
};

Step decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
    char32_t code = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3Fu);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, size};
}

// One character a code point, `.` where none stands for it.
constexpr std::string_view upper_latin1 = "aaaaaa.ceeeeiiii.nooooo.ouuuuy..";  // U+00C0 to U+00DF
constexpr std::string_view lower_latin1 = "aaaaaa.ceeeeiiii.nooooo.ouuuuy.y";  // U+00E0 to U+00FF
constexpr std::string_view latin_extended =                                    // U+0100 to U+017F
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkk"
    "llllllllllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(upper_latin1.size() == 32 && lower_latin1.size() == 32 && latin_extended.size() == 128);

char base_letter(char32_t code) {
    if (code >= 0xC0 && code <= 0xDF) return upper_latin1[code - 0xC0];
    if (code >= 0xE0 && code <= 0xFF) return lower_latin1[code - 0xE0];
    if (code >= 0x100 && code <= 0x17F) return latin_extended[code - 0x100];
    return '.';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto step = decode(text);
        if (step.size == 0) return false;
        text.remove_prefix(step.size);
    }
    return true;
}

std::string folded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto step = decode(text);
        const auto size = std::max<std::size_t>(step.size, 1);
        if (size == 1) {
            out += lower(text.front());
        } else if (const char letter = base_letter(step.code_point); letter != '.') {
            out += letter;
        } else if (step.code_point < 0x300 || step.code_point > 0x36F) {  // a combining mark leaves nothing behind
            out += text.substr(0, size);
        }
        text.remove_prefix(size);
    }
    return out;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string thousandths(std::int64_t value) {
    auto digits = std::to_string(value % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    return std::to_string(value / 1000) + '.' + digits;
}

}  // namespace stockcast
