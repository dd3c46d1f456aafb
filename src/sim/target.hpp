#pragma once

#include "stockcast/base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast::sim {

/// A request's target, taken apart and decoded.
struct Target {
    std::vector<std::string> path;  ///< segments; a `/` at the end is not one
    std::vector<std::pair<std::string, std::string>> parameters;

    /// Origin form (RFC 9112 §3.2.1). Errors: `malformed`.
    static Result<Target> parse(std::string_view text);
    /// The first of that name; null when there is none, or it is empty.
    const std::string* find(std::string_view name) const;
    bool is(std::initializer_list<std::string_view> segments) const;
};

}  // namespace stockcast::sim
