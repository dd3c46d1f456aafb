#pragma once

#include "stockcast/base/instant.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Small pieces of HTTP's grammar (RFC 9110 §5.6, §8.6; RFC 9112).
namespace stockcast::http_syntax {

bool is_token_character(char c);  ///< of a method or a field's name
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);  ///< spaces and tabs at both ends
/// Whether the comma-separated `list` has that member, without case.
bool list_has(std::string_view list, std::string_view member);
/// `Content-Length: 12`: digits only, at most 18 of them; anything else gives false.
bool parse_length(std::string_view text, std::uint64_t& length);
/// A Host field's value: name, IPv4 or [IPv6], with or without port; not empty.
bool is_host(std::string_view text);
/// `Mon, 20 Jan 2025 10:30:00 GMT` (RFC 9110 §5.6.7).
std::string imf_date(Instant at);

}  // namespace stockcast::http_syntax
