#pragma once

#include "stockcast/model/change.hpp"

#include <string>
#include <vector>

namespace stockcast {

/// The warehouses that a change concerns, by id: those whose figures changed, or where a new product stands. What a client
/// who asks for some warehouses is told depends on it, be it live or from the log.
std::vector<std::string> warehouses_concerned(const Change& change);

}  // namespace stockcast
