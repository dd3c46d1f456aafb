#pragma once

#include "stockcast/base/result.hpp"

#include <string>
#include <string_view>

namespace stockcast {

/// RFC 4648 §5 without padding, as JWTs are written.
std::string to_base64url(std::string_view bytes);
/// Strict: nothing outside the alphabet, no padding, no length that can't be, and the unused bits of the last character
/// zero, so that one value has one spelling. Errors: `malformed`.
Result<std::string> from_base64url(std::string_view text);

}  // namespace stockcast
