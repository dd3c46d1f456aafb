#pragma once

#include "stockcast/base/result.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stockcast {

/// A number exactly as it was written; Boost.JSON's own DOM is inexact and rewrites digits (toolchain.md §7).
struct JsonNumber {
    std::string text;
    bool operator==(const JsonNumber&) const = default;
};

/// A JSON value (RFC 8259) that keeps numbers' digits and members' order.
class Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;  ///< in the order of the text; no name twice

    Json() = default;  ///< null
    /// Of a `bool` and nothing else: a pointer or a count would otherwise turn into `true` without a word.
    Json(std::same_as<bool> auto value) : value_(value) {}
    Json(JsonNumber value) : value_(std::move(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string{value}) {}
    Json(const char* value) : value_(std::string{value}) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}

    static Json number(std::int64_t value) { return JsonNumber{std::to_string(value)}; }

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    const bool* if_bool() const { return std::get_if<bool>(&value_); }
    const JsonNumber* if_number() const { return std::get_if<JsonNumber>(&value_); }
    const std::string* if_string() const { return std::get_if<std::string>(&value_); }
    const Array* if_array() const { return std::get_if<Array>(&value_); }
    Array* if_array() { return std::get_if<Array>(&value_); }
    const Object* if_object() const { return std::get_if<Object>(&value_); }
    Object* if_object() { return std::get_if<Object>(&value_); }

    /// The member of that name; null pointer when this is no object or has none.
    const Json* find(std::string_view name) const;
    Json* find(std::string_view name);
    /// Replaces or appends a member. Requires an object.
    void set(std::string_view name, Json value);
    /// Takes the member out. Requires an object.
    std::optional<Json> take(std::string_view name);

    bool operator==(const Json&) const = default;  ///< order of members counts; see `same_value`

private:
    std::variant<std::nullptr_t, bool, JsonNumber, std::string, Array, Object> value_;
};

/// Equal as JSON values: order of members aside; numbers by value (`1`, `1.0` and `10e-1` are one).
bool same_value(const Json& a, const Json& b);

struct JsonLimits {
    std::size_t depth = 32;
    std::size_t bytes = std::size_t{1} << 20;
    std::size_t number_characters = 64;
    int exponent = 400;  ///< largest absolute exponent that is read at all
};

/// One JSON text and nothing after it but white space. Errors: `malformed` (also a duplicate name in one object,
/// invalid UTF-8, a lone surrogate), `out_of_bounds`.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

void write_json(std::string& out, const Json& value);
std::string to_text(const Json& value);
/// Appends `text` as a JSON string. Invalid UTF-8 becomes U+FFFD, so the output is always valid.
void write_json_string(std::string& out, std::string_view text);

/// Appends members to an object under construction; knows where commas go. The fast way out for events and answers.
class JsonObjectWriter {
public:
    explicit JsonObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    JsonObjectWriter& string(std::string_view name, std::string_view value);
    JsonObjectWriter& number(std::string_view name, std::int64_t value);
    JsonObjectWriter& boolean(std::string_view name, bool value);
    JsonObjectWriter& null(std::string_view name);
    /// `value` is JSON already: a number's digits, or a nested value.
    JsonObjectWriter& raw(std::string_view name, std::string_view value);
    /// Writes the name and returns the text to append one value to.
    std::string& open(std::string_view name);
    void close() { out_ += '}'; }

private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace stockcast
