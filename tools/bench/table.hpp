#pragma once

#include "bench/histogram.hpp"

#include <chrono>
#include <string>

namespace stockcast::bench {

/// `812 us`, `4.1 ms`, `2.05 s`: three digits, whatever the size.
std::string shown(std::chrono::nanoseconds duration);

/// Prints the column heads of `print_row`.
void print_heads();
/// One line: what ran, how often a second, and the percentiles.
void print_row(const std::string& what, double per_second, const Histogram& durations);
/// A line below, indented.
void print_note(const std::string& text);

}  // namespace stockcast::bench
