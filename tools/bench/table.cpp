#include "bench/table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <type_traits>
#include <utility>

namespace stockcast::bench {
namespace {

template <class T>
T middle_of(std::vector<T> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace

std::string shown(std::chrono::nanoseconds duration) {
    const auto ns = static_cast<double>(duration.count());
    const struct {
        double size;
        const char* name;
    } unit = ns < 1e6 ? decltype(unit){1e3, "us"} : ns < 1e9 ? decltype(unit){1e6, "ms"} : decltype(unit){1e9, "s"};
    const double value = ns / unit.size;
    char text[32];
    std::snprintf(text, sizeof text, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, unit.name);
    return text;
}

Figures figures_of(double per_second, const Histogram& durations) {
    return {per_second, durations.percentile(0.50), durations.percentile(0.90), durations.percentile(0.99),
            durations.max()};
}

Figures median_of(const std::vector<Figures>& runs) {
    const auto of = [&](auto Figures::* column) {
        std::vector<std::decay_t<decltype(runs.front().*column)>> values;
        for (const auto& run : runs) values.push_back(run.*column);
        return middle_of(std::move(values));
    };
    return {of(&Figures::per_second), of(&Figures::p50), of(&Figures::p90), of(&Figures::p99), of(&Figures::max)};
}

double median_of(std::vector<double> values) {
    return middle_of(std::move(values));
}

std::string listed(const std::map<unsigned, std::uint64_t>& by_status) {
    std::string text;
    for (const auto& [status, count] : by_status)
        text += (text.empty() ? "" : ", ") + std::to_string(count) +
                (status == 0 ? " without an answer" : " answered " + std::to_string(status));
    return text.empty() ? "none" : text;
}

void print_heads() {
    std::printf("%-34s %10s %10s %10s %10s %10s\n", "", "per second", "p50", "p90", "p99", "max");
}

void print_row(const std::string& what, const Figures& figures) {
    std::printf("%-34s %10.0f %10s %10s %10s %10s\n", what.c_str(), figures.per_second, shown(figures.p50).c_str(),
                shown(figures.p90).c_str(), shown(figures.p99).c_str(), shown(figures.max).c_str());
    std::fflush(stdout);
}

void print_row(const std::string& what, double per_second, const Histogram& durations) {
    print_row(what, figures_of(per_second, durations));
}

void print_note(const std::string& text) {
    std::printf("    %s\n", text.c_str());
    std::fflush(stdout);
}

}  // namespace stockcast::bench
