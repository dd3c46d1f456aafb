#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What entry_json of the several families is made of.
namespace stockcast::dump {

void write_count(JsonObjectWriter& out, std::string_view name, std::uint64_t value);
void write_instant(JsonObjectWriter& out, std::string_view name, const std::optional<Instant>& value);
/// Puts the members of one object (as the model writes it) behind those that `out` has.
void append_members(std::string& out, std::string_view object);

// What belongs to the server rather than to the stock; secrets masked.
Result<void> write_subscription(std::string& out, std::string_view key, std::string_view value);
Result<void> write_audit(std::string& out, std::string_view key, std::string_view value);
Result<void> write_meta(std::string& out, std::string_view key, std::string_view value);

}  // namespace stockcast::dump
