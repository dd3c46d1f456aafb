#pragma once

#include "stockcast/base/json.hpp"
#include "stockcast/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// An exact decimal: stock, also negative and fractional. SIIGO's digits in, the same value out; never through binary
/// floating point. Bounds: 34 significant digits (IEEE 754 decimal128), at most 20 before and 40 after the point.
/// Beyond: `out_of_bounds`, nothing is rounded or expanded.
class Quantity {
public:
    constexpr Quantity() = default;  ///< zero
    constexpr explicit Quantity(std::int64_t whole);

    /// JSON's number grammar (RFC 8259 §6), exponents included: `12`, `-0.5`, `1E+3`. Errors: `malformed`,
    /// `out_of_bounds`.
    static Result<Quantity> parse(std::string_view text);
    /// A JSON number, or a string that holds one with white space around it (siigo-api.md: "a number may arrive as a
    /// string").
    static Result<Quantity> from_json(const Json& value);

    /// Plain notation, no exponent, no trailing zeros after the point, `-0` as `0`: `12.5`. A JSON number.
    std::string to_string() const;

    /// Errors: `out_of_bounds` when the exact sum is past the bounds.
    friend Result<Quantity> add(const Quantity& a, const Quantity& b);
    Quantity operator-() const;
    bool is_negative() const { return coefficient_ < 0; }

    /// By value; the form is canonical, so equal values have equal members.
    bool operator==(const Quantity&) const = default;
    std::strong_ordering operator<=>(const Quantity& other) const;

private:
    __extension__ using Coefficient = __int128;
    Coefficient coefficient_ = 0;  ///< value = coefficient · 10^-scale; no factor of ten left when scale > 0
    std::uint8_t scale_ = 0;
};

constexpr Quantity::Quantity(std::int64_t whole) : coefficient_(whole) {}

}  // namespace stockcast
