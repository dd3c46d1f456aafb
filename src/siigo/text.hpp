#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stockcast::siigo {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// ASCII case only: SIIGO's keywords, header names, HTML tags.
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

/// Where `wanted` (in lower case) first stands in `text`, ASCII case aside; npos when nowhere.
std::size_t find_ignoring_case(std::string_view text, std::string_view wanted, std::size_t from = 0);

/// At most `bytes_max` of valid UTF-8, cut between two characters.
std::string clipped(std::string_view text, std::size_t bytes_max);

/// At most `characters_max` of foreign bytes, as printable ASCII on one line: for an error's text.
std::string excerpt(std::string_view text, std::size_t characters_max);

}  // namespace stockcast::siigo
