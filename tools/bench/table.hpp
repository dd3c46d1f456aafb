#pragma once

#include "bench/histogram.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace stockcast::bench {

/// `812 us`, `4.1 ms`, `2.05 s`: three digits, whatever the size.
std::string shown(std::chrono::nanoseconds duration);

/// What one row says.
struct Figures {
    double per_second = 0;
    std::chrono::nanoseconds p50{}, p90{}, p99{}, max{};
};
Figures figures_of(double per_second, const Histogram& durations);
/// Of each column by itself, the lower of the two in the middle of an even number. Requires at least one.
Figures median_of(const std::vector<Figures>& runs);
double median_of(std::vector<double> values);

/// `12 answered 200, 1 without an answer`; `none`. Status 0 stands for no answer.
std::string listed(const std::map<unsigned, std::uint64_t>& by_status);

/// Prints the column heads of `print_row`.
void print_heads();
/// One line: what ran, how often a second, and the percentiles.
void print_row(const std::string& what, const Figures& figures);
void print_row(const std::string& what, double per_second, const Histogram& durations);
/// A line below, indented.
void print_note(const std::string& text);

}  // namespace stockcast::bench
