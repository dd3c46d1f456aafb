// Quantity against a naive model that keeps every digit: two numbers, one a line, are read, written, compared and
// added.
#include "stockcast/model/quantity.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

using stockcast::Errc;
using stockcast::Quantity;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

constexpr int places = 64;  // on either side of the point; what does not fit there is far out of bounds

/// A decimal as its 128 digits, most significant first.
struct Naive {
    bool negative = false;
    std::string digits = std::string(2 * places, '0');

    int before_point() const {
        const auto first = digits.find_first_not_of('0');
        return first == std::string::npos ? 0 : std::max(0, places - static_cast<int>(first));
    }
    int after_point() const {
        const auto last = digits.find_last_not_of('0');
        return last == std::string::npos ? 0 : std::max(0, static_cast<int>(last) + 1 - places);
    }
    bool is_zero() const { return digits.find_first_not_of('0') == std::string::npos; }
    bool in_bounds() const {
        if (is_zero()) return true;
        const auto significant = digits.find_last_not_of('0') - digits.find_first_not_of('0') + 1;
        return significant <= 34 && before_point() <= 20 && after_point() <= 40;
    }
    std::string text() const {
        if (is_zero()) return "0";
        std::string out = negative ? "-" : "";
        const auto whole = before_point();
        out +=
            whole > 0 ? digits.substr(static_cast<std::size_t>(places - whole), static_cast<std::size_t>(whole)) : "0";
        if (const auto n = after_point(); n > 0) out += '.' + digits.substr(places, static_cast<std::size_t>(n));
        return out;
    }
};

/// A digit of `text`'s mantissa at a time, put where it belongs. No value when one falls off the table.
std::optional<Naive> model(std::string_view text) {
    Naive out;
    const auto e = text.find_first_of("eE");
    long exponent = 0;
    if (e != std::string_view::npos) {
        const std::string digits{text.substr(e + 1)};
        exponent = std::clamp(std::strtol(digits.c_str(), nullptr, 10), -100'000'000L, 100'000'000L);
        text = text.substr(0, e);
    }
    if (text.front() == '-') {
        out.negative = true;
        text.remove_prefix(1);
    }
    const auto whole = std::min(text.find('.'), text.size());
    long place = places - static_cast<long>(whole) - exponent;
    for (const char c : text) {
        if (c == '.') continue;
        if (c != '0') {
            if (place < 0 || place >= 2 * places) return std::nullopt;
            out.digits[static_cast<std::size_t>(place)] = c;
        }
        ++place;
    }
    if (out.is_zero()) out.negative = false;
    return out;
}

int compare(const Naive& a, const Naive& b) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    const int magnitudes = a.digits.compare(b.digits);
    const int sign = magnitudes < 0 ? -1 : magnitudes > 0 ? 1 : 0;
    return a.negative ? -sign : sign;
}

Naive sum(const Naive& a, const Naive& b) {
    const bool same_sign = a.negative == b.negative;
    const bool a_larger = a.digits >= b.digits;
    const auto& large = a_larger ? a : b;
    const auto& small = a_larger ? b : a;
    Naive out;
    out.negative = large.negative;
    int carry = 0;
    for (std::size_t i = out.digits.size(); i-- > 0;) {
        const int x = large.digits[i] - '0';
        const int y = small.digits[i] - '0';
        int digit = same_sign ? x + y + carry : x - y - carry;
        carry = same_sign ? (digit >= 10 ? 1 : 0) : (digit < 0 ? 1 : 0);
        if (digit >= 10) digit -= 10;
        if (digit < 0) digit += 10;
        out.digits[i] = static_cast<char>('0' + digit);
    }
    if (out.is_zero()) out.negative = false;
    return out;
}

/// Reads one number and checks all that must hold of it alone.
std::optional<Quantity> check_one(std::string_view text) {
    const auto read = Quantity::parse(text);
    if (!read && read.error() == Errc::malformed) return std::nullopt;

    const auto expected = model(text);
    require(read.has_value() == (expected && expected->in_bounds()));
    if (!read) {
        require(read.error() == Errc::out_of_bounds);
        return std::nullopt;
    }
    require(read->to_string() == expected->text());
    const auto again = Quantity::parse(read->to_string());
    require(again.has_value() && *again == *read);
    require(read->is_negative() == expected->negative);
    require(-(-*read) == *read);
    return *read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto line = std::min(input.find('\n'), input.size());
    const auto first = input.substr(0, line);
    const auto second = line < input.size() ? input.substr(line + 1) : std::string_view{"0"};
    const auto a = check_one(first);
    const auto b = check_one(second);
    if (!a || !b) return 0;

    const auto left = *model(first);
    const auto right = *model(second);
    const int order = compare(left, right);
    require((*a < *b) == (order < 0) && (*a > *b) == (order > 0) && (*a == *b) == (order == 0));

    const auto expected = sum(left, right);
    const auto added = add(*a, *b);
    require(added.has_value() == expected.in_bounds());
    if (added) require(added->to_string() == expected.text());
    require(add(*b, *a).has_value() == added.has_value());
    return 0;
}
