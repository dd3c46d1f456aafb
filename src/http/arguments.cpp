#include "http/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace stockcast {
namespace {

/// Digits and nothing else, up to what follows them.
std::optional<std::uint64_t> digits(std::string_view& text) {
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return value;
}

}  // namespace

void Arguments::complain(std::string_view name, std::string_view accepted) {
    if (!complaint_.empty()) return;
    complaint_.append("Query parameter ").append(name).append(": ").append(accepted).append(" is accepted");
}

std::optional<std::string> Arguments::text(std::string_view name) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->empty()) return *value;
    complain(name, "a text that is not empty");
    return std::nullopt;
}

std::optional<std::uint64_t> Arguments::whole(std::string_view name, std::uint64_t least, std::uint64_t most) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    std::string_view rest = *value;
    const auto number = digits(rest);
    if (number && rest.empty() && *number >= least && *number <= most) return number;
    complain(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

std::optional<bool> Arguments::boolean(std::string_view name) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    if (*value == "true") return true;
    if (*value == "false") return false;
    complain(name, "true or false");
    return std::nullopt;
}

std::optional<Instant> Arguments::time(std::string_view name) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    if (const auto at = Instant::parse(*value)) return *at;
    complain(name, "a time such as 2025-01-20T10:30:00Z");
    return std::nullopt;
}

std::optional<Quantity> Arguments::quantity(std::string_view name) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    if (const auto quantity = Quantity::parse(*value)) return *quantity;
    complain(name, "a number such as 12.5");
    return std::nullopt;
}

std::optional<Seq> Arguments::seq(std::string_view name) {
    return whole(name, 0, seq_max);
}

std::optional<Moment> Arguments::moment(std::string_view name) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    std::string_view rest = *value;
    const auto seq = digits(rest);
    if (seq && rest.empty()) return *seq;
    if (const auto at = Instant::parse(*value)) return *at;
    complain(name, "a time such as 2025-01-20T10:30:00Z or a seq");
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> Arguments::duration(std::string_view name, std::chrono::milliseconds most) {
    const auto* value = query_.find(name);
    if (value == nullptr) return std::nullopt;
    std::string_view unit = *value;
    const auto number = digits(unit);
    const std::int64_t factor = unit == "ms" ? 1 : unit == "s" ? 1'000 : unit == "m" ? 60'000 : 0;
    // Compared by division: a large number times its unit would overflow.
    if (number && factor != 0 && *number <= static_cast<std::uint64_t>(most.count() / factor))
        return std::chrono::milliseconds{static_cast<std::int64_t>(*number) * factor};
    complain(name, "a duration such as 500ms or 30s, up to " + std::to_string(most.count() / 1'000) + "s,");
    return std::nullopt;
}

std::vector<std::string> Arguments::list(std::string_view name, std::size_t most) {
    std::vector<std::string> items;
    const auto* value = query_.find(name);
    if (value == nullptr) return items;
    for (std::string_view rest = *value;;) {
        const auto comma = std::min(rest.find(','), rest.size());
        items.emplace_back(rest.substr(0, comma));
        if (items.back().empty() || items.size() > most) {
            complain(name, "a list of 1 to " + std::to_string(most) + " texts with commas between them");
            return {};
        }
        if (comma == rest.size()) return items;
        rest.remove_prefix(comma + 1);
    }
}

std::size_t Arguments::limit() {
    return static_cast<std::size_t>(whole("limit", 1, 1'000).value_or(100));
}

}  // namespace stockcast
