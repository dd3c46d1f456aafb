#include "stockcast/model/quantity.hpp"

#include "stockcast/base/decimal_text.hpp"

#include <algorithm>
#include <array>

namespace stockcast {
namespace {

__extension__ using Wide = __int128;

constexpr int significant_max = 34;
constexpr int before_point_max = 20;
constexpr int after_point_max = 40;
constexpr int wide_digits = 38;  // 10^38 < 2^127

constexpr auto powers = [] {
    std::array<Wide, wide_digits + 1> out{1};
    for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * 10;
    return out;
}();

Wide magnitude(Wide value) {
    return value < 0 ? -value : value;
}

/// Decimal digits of a magnitude; none for zero.
int digits_of(Wide value) {
    return static_cast<int>(std::upper_bound(powers.begin(), powers.end(), value) - powers.begin());
}

int sign_of(Wide value) {
    return value > 0 ? 1 : value < 0 ? -1 : 0;
}

}  // namespace

Result<Quantity> Quantity::parse(std::string_view text) {
    const auto number = take_apart(text);
    if (!number) return Errc::malformed;
    if (number->is_zero()) return Quantity{};

    const auto significant = static_cast<std::int64_t>(number->size());
    if (significant > significant_max || significant + number->exponent > before_point_max ||
        number->exponent < -after_point_max) {
        return Errc::out_of_bounds;
    }

    Quantity out;
    for (std::size_t i = 0; i < number->size(); ++i)
        out.coefficient_ = out.coefficient_ * 10 + (number->digit(i) - '0');
    if (number->exponent >= 0) {
        out.coefficient_ *= powers[static_cast<std::size_t>(number->exponent)];
    } else {
        out.scale_ = static_cast<std::uint8_t>(-number->exponent);
    }
    if (number->negative) out.coefficient_ = -out.coefficient_;
    return out;
}

Result<Quantity> Quantity::from_json(const Json& value) {
    if (const auto* number = value.if_number()) return parse(number->text);
    if (const auto* string = value.if_string()) {
        constexpr std::string_view space = " \t\r\n";
        std::string_view text{*string};
        text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
        return parse(text.substr(0, text.find_last_not_of(space) + 1));
    }
    return Errc::malformed;
}

std::string Quantity::to_string() const {
    std::array<char, 48> buffer{};
    auto* at = buffer.data() + buffer.size();
    auto rest = magnitude(coefficient_);
    for (int i = 0; rest > 0 || i <= scale_; ++i, rest /= 10) {
        if (i > 0 && i == scale_) *--at = '.';
        *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    if (coefficient_ < 0) *--at = '-';
    return {at, buffer.data() + buffer.size()};
}

Result<Quantity> add(const Quantity& a, const Quantity& b) {
    if (a.coefficient_ == 0) return b;
    if (b.coefficient_ == 0) return a;
    const auto& coarse = a.scale_ < b.scale_ ? a : b;
    const auto& fine = a.scale_ < b.scale_ ? b : a;

    // Where the coarse one does not fit at the fine one's scale, the sum has more than 34 significant digits: the fine
    // one's last digit is no zero and stands alone there, the coarse one's first is 38 places before it.
    const int shift = fine.scale_ - coarse.scale_;
    if (digits_of(magnitude(coarse.coefficient_)) + shift > wide_digits) return Errc::out_of_bounds;
    Wide sum = coarse.coefficient_ * powers[static_cast<std::size_t>(shift)] + fine.coefficient_;

    int scale = fine.scale_;
    for (; scale > 0 && sum % 10 == 0; --scale) sum /= 10;
    const int digits = digits_of(magnitude(sum));
    const int significant_bound = scale > 0 ? significant_max : before_point_max;
    if (digits > significant_bound || digits - scale > before_point_max) return Errc::out_of_bounds;

    Quantity out;
    out.coefficient_ = sum;
    out.scale_ = static_cast<std::uint8_t>(scale);
    return out;
}

Quantity Quantity::operator-() const {
    auto out = *this;
    out.coefficient_ = -coefficient_;
    return out;
}

std::strong_ordering Quantity::operator<=>(const Quantity& other) const {
    const int sign = sign_of(coefficient_);
    if (const int other_sign = sign_of(other.coefficient_); sign != other_sign) return sign <=> other_sign;
    if (sign == 0) return std::strong_ordering::equal;

    // The place of the first digit decides; where it is the same, aligning needs no more than 34 digits.
    const int place = digits_of(magnitude(coefficient_)) - scale_;
    const int other_place = digits_of(magnitude(other.coefficient_)) - other.scale_;
    if (place != other_place) return sign > 0 ? place <=> other_place : other_place <=> place;

    const int shift = other.scale_ - scale_;
    const auto left = shift > 0 ? coefficient_ * powers[static_cast<std::size_t>(shift)] : coefficient_;
    const auto right = shift < 0 ? other.coefficient_ * powers[static_cast<std::size_t>(-shift)] : other.coefficient_;
    return left <=> right;
}

}  // namespace stockcast
