#pragma once

#include "stockcast/base/result.hpp"

#include <string>
#include <string_view>

namespace stockcast {

/// A value that the sync keeps in `meta` under a name that begins with "sync/", as JSON for people to read.
/// Errors: `store_damaged`; `not_found` for a name that this version does not know.
Result<std::string> describe_sync_state(std::string_view name, std::string_view value);

}  // namespace stockcast
