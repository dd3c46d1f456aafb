#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/quantity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

// How the model's values stand in JSON; what is absent is null.

inline void write_quantity(JsonObjectWriter& writer, std::string_view name, const std::optional<Quantity>& value) {
    value ? writer.raw(name, value->to_string()) : writer.null(name);
}

inline void write_instant(JsonObjectWriter& writer, std::string_view name, const std::optional<Instant>& value) {
    value ? writer.string(name, value->to_iso_ms()) : writer.null(name);
}

inline void write_id(JsonObjectWriter& writer, std::string_view name, const LogId& value) {
    value.is_none() ? writer.null(name) : writer.string(name, value.to_string());
}

inline void write_count(JsonObjectWriter& writer, std::string_view name, std::uint64_t value) {
    writer.raw(name, std::to_string(value));
}

/// A text of which empty means that there is none.
inline void write_text(JsonObjectWriter& writer, std::string_view name, std::string_view value) {
    value.empty() ? writer.null(name) : writer.string(name, value);
}

}  // namespace stockcast
