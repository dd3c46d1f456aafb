#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stockcast {

/// A number's text taken apart without computing anything: value = ±digits · 10^exponent. The views point into the
/// text, so a megabyte of digits costs nothing but the look at it.
struct DecimalText {
    bool negative = false;      ///< false for zero
    std::string_view before;    ///< the digits before the point, …
    std::string_view after;     ///< … and after it; outer zeros of the two together are stripped. Both empty: zero
    std::int64_t exponent = 0;  ///< of the last digit; 0 for zero. Held to ±10^15, far past any bound that is asked for

    std::size_t size() const { return before.size() + after.size(); }
    char digit(std::size_t i) const { return i < before.size() ? before[i] : after[i - before.size()]; }
    bool is_zero() const { return size() == 0; }
};

/// JSON's number grammar (RFC 8259 §6) and nothing around it; no value when `text` is something else.
std::optional<DecimalText> take_apart(std::string_view text);

/// Equal by value: `1`, `1.0` and `10e-1` are one.
bool same_value(const DecimalText& a, const DecimalText& b);

}  // namespace stockcast
