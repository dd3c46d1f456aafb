#include "siigo/text.hpp"

#include <algorithm>

namespace stockcast::siigo {

std::size_t find_ignoring_case(std::string_view text, std::string_view wanted, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), wanted.begin(),
                                   wanted.end(), [](char a, char b) { return lower(a) == b; });
    return found == text.end() && !wanted.empty() ? std::string_view::npos
                                                  : static_cast<std::size_t>(found - text.begin());
}

std::string clipped(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string{text};
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string{text.substr(0, end)};
}

std::string excerpt(std::string_view text, std::size_t characters_max) {
    std::string out;
    for (char c : text) {
        if (out.size() >= characters_max) {
            out += "...";
            break;
        }
        const bool printable = c >= ' ' && c <= '~';
        const char shown = printable ? c : (c == '\n' || c == '\r' || c == '\t') ? ' ' : '?';
        if (shown == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += shown;
    }
    return out;
}

}  // namespace stockcast::siigo
