#include "stockcast/base/decimal_text.hpp"

#include <algorithm>

namespace stockcast {
namespace {

constexpr std::int64_t exponent_max = 1'000'000'000'000'000;

std::string_view take_digits(std::string_view& rest) {
    std::size_t n = 0;
    while (n < rest.size() && rest[n] >= '0' && rest[n] <= '9') ++n;
    const auto digits = rest.substr(0, n);
    rest.remove_prefix(n);
    return digits;
}

bool skip(std::string_view& rest, char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
}

std::int64_t saturated(std::string_view digits) {
    std::int64_t value = 0;
    for (const char c : digits) value = std::min(value * 10 + (c - '0'), exponent_max);
    return value;
}

void strip_leading_zeros(std::string_view& digits) {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
}

void strip_trailing_zeros(std::string_view& digits) {
    digits = digits.substr(0, digits.find_last_not_of('0') + 1);  // npos + 1 is 0: nothing but zeros
}

}  // namespace

std::optional<DecimalText> take_apart(std::string_view text) {
    DecimalText out;
    out.negative = skip(text, '-');

    out.before = take_digits(text);
    if (out.before.empty() || (out.before.size() > 1 && out.before.front() == '0')) return std::nullopt;

    if (skip(text, '.')) {
        out.after = take_digits(text);
        if (out.after.empty()) return std::nullopt;
    }

    if (skip(text, 'e') || skip(text, 'E')) {
        const bool down = skip(text, '-');
        if (!down) skip(text, '+');
        const auto digits = take_digits(text);
        if (digits.empty()) return std::nullopt;
        out.exponent = down ? -saturated(digits) : saturated(digits);
    }
    if (!text.empty()) return std::nullopt;

    strip_leading_zeros(out.before);
    strip_trailing_zeros(out.after);
    if (out.after.empty()) {
        const auto whole = out.before.size();
        strip_trailing_zeros(out.before);
        out.exponent += static_cast<std::int64_t>(whole - out.before.size());
    } else {
        out.exponent -= static_cast<std::int64_t>(out.after.size());
        if (out.before.empty()) strip_leading_zeros(out.after);
    }
    return out.is_zero() ? DecimalText{} : out;
}

bool same_value(const DecimalText& a, const DecimalText& b) {
    if (a.negative != b.negative || a.exponent != b.exponent || a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.digit(i) != b.digit(i)) return false;
    }
    return true;
}

}  // namespace stockcast
