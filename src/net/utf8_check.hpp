#pragma once

#include <cstdint>
#include <string_view>

namespace stockcast {

/// Checks UTF-8 as it comes in, in any pieces (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF).
class Utf8Check {
public:
    /// False as soon as the text can't become valid any more.
    bool feed(std::string_view bytes) {
        for (const char c : bytes) {
            const auto byte = static_cast<std::uint8_t>(c);
            if (missing_ == 0 ? !begin(byte) : !go_on(byte)) return false;
        }
        return true;
    }
    /// Whether the text so far ends between two characters.
    bool is_complete() const { return missing_ == 0; }

private:
    bool begin(std::uint8_t byte) {
        if (byte < 0x80) return true;
        low_ = 0x80;
        high_ = 0xBF;
        if (byte >= 0xC2 && byte <= 0xDF) {
            missing_ = 1;
        } else if (byte >= 0xE0 && byte <= 0xEF) {
            missing_ = 2;
            if (byte == 0xE0) low_ = 0xA0;   // shorter forms exist below
            if (byte == 0xED) high_ = 0x9F;  // surrogates above
        } else if (byte >= 0xF0 && byte <= 0xF4) {
            missing_ = 3;
            if (byte == 0xF0) low_ = 0x90;
            if (byte == 0xF4) high_ = 0x8F;  // U+10FFFF is the last
        } else {
            return false;
        }
        return true;
    }
    bool go_on(std::uint8_t byte) {
        if (byte < low_ || byte > high_) return false;
        low_ = 0x80;
        high_ = 0xBF;
        --missing_;
        return true;
    }

    int missing_ = 0;  ///< bytes of the character under way
    std::uint8_t low_ = 0x80;
    std::uint8_t high_ = 0xBF;  ///< bounds of the next one
};

}  // namespace stockcast
