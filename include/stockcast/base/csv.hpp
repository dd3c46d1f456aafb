#pragma once

#include <string>
#include <string_view>

namespace stockcast {

inline constexpr std::string_view csv_line_end = "\r\n";

/// Appends one cell of CSV (RFC 4180): in quotes where it must be. Commas and line ends are the caller's.
void append_csv_cell(std::string& row, std::string_view text);

}  // namespace stockcast
