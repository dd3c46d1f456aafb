#pragma once

#include <cstddef>
#include <string_view>

namespace stockcast {

struct Utf8Step {
    char32_t code_point = 0;
    std::size_t size = 1;  ///< bytes; 1 for a bad one
    bool valid = false;
};

/// The code point at the front of a non-empty text, by RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
inline Utf8Step decode_utf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};

    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
    char32_t code = lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3F);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, size, true};
}

}  // namespace stockcast
