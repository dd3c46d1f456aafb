#pragma once

#include "stockcast/sim/simulator.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The members of Variants and Faults by their own names, as text: for the command line and for `/_sim/`.
namespace stockcast::sim {

/// Sets the member `name`: `true`/`false`, or a whole number (milliseconds where the member is a duration).
/// Returns what is wrong, or nothing.
[[nodiscard]] std::optional<std::string> assign(Variants& to, std::string_view name, std::string_view value);
[[nodiscard]] std::optional<std::string> assign(Faults& to, std::string_view name, std::string_view value);

/// One JSON object with every member.
std::string to_json(const Variants& variants);
std::string to_json(const Faults& faults);

std::vector<std::string_view> variant_names();
std::vector<std::string_view> fault_names();

}  // namespace stockcast::sim
