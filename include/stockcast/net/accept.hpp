#pragma once

#include "stockcast/net/http_message.hpp"

#include <functional>
#include <string_view>

namespace stockcast {

/// Each member of a field that says what the client takes (`Accept`, `Accept-Encoding`) with its weight in thousandths
/// (RFC 9110 §12.4.2), over all fields of that name in their order; parameters other than `q` are left out. A member
/// whose weight can't be read counts for nothing.
void for_each_wish(const HttpFields& fields, std::string_view field,
                   const std::function<void(std::string_view what, int weight)>& tell);

}  // namespace stockcast
