#pragma once

#include "stockcast/base/result.hpp"

#include <string>
#include <string_view>

namespace stockcast::siigo {

/// What a ClientJournal kept, for people to read: one JSON object with the sends of the last minute, calls and failures by
/// the hour, and what holds calls back. Who called is left out. Errors: `store_damaged`.
Result<std::string> describe_journal(std::string_view state);

}  // namespace stockcast::siigo
