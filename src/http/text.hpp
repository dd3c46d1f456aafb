#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// RFC 3629: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

/// For searching as people type: lower case, without the accents of Latin letters, be they composed (`é`) or combining.
/// What is not Latin stays as it is. Expects UTF-8; bytes that are none are kept.
std::string folded(std::string_view text);

bool equal_without_case(std::string_view a, std::string_view b);  ///< ASCII
std::string_view trimmed(std::string_view text);                  ///< without HTTP's white space (RFC 9110 §5.6.3)

std::string thousandths(std::int64_t value);  ///< `12345` as `12.345`; not below 0

}  // namespace stockcast
