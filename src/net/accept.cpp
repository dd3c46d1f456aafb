#include "stockcast/net/accept.hpp"

#include "net/http_syntax.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace stockcast {
namespace {

/// What comes before the next `separator`, which is taken away with it.
std::string_view take_until(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return http_syntax::trim(part);
}

/// `0.5` in thousandths (RFC 9110 §12.4.2); absent when it is no such value.
std::optional<int> quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int value = text[0] - '0';
    for (std::size_t digit = 2; digit < 5; ++digit) {
        const char c = digit < text.size() ? text[digit] : '0';
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value <= 1000 ? std::optional{value} : std::nullopt;
}

std::optional<int> weight_among(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto parameter = take_until(parameters, ';');
        if (parameter.starts_with("q=") || parameter.starts_with("Q=")) return quality(parameter.substr(2));
    }
    return 1000;
}

}  // namespace

void for_each_wish(const HttpFields& fields, std::string_view field,
                   const std::function<void(std::string_view what, int weight)>& tell) {
    for (const auto& [name, value] : fields.all()) {
        if (!http_syntax::equal_ignoring_case(name, field)) continue;
        for (std::string_view list = value; !list.empty();) {
            auto member = take_until(list, ',');
            const auto what = take_until(member, ';');
            const auto weight = weight_among(member);
            if (weight) tell(what, *weight);
        }
    }
}

}  // namespace stockcast
