#include "bench/table.hpp"

#include <cstdio>

namespace stockcast::bench {

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

void print_heads() {
    std::printf("%-34s %10s %10s %10s %10s %10s\n", "", "per second", "p50", "p90", "p99", "max");
}

void print_row(const std::string& what, double per_second, const Histogram& durations) {
    std::printf("%-34s %10.0f %10s %10s %10s %10s\n", what.c_str(), per_second,
                shown(durations.percentile(0.50)).c_str(), shown(durations.percentile(0.90)).c_str(),
                shown(durations.percentile(0.99)).c_str(), shown(durations.max()).c_str());
    std::fflush(stdout);
}

void print_note(const std::string& text) {
    std::printf("    %s\n", text.c_str());
    std::fflush(stdout);
}

}  // namespace stockcast::bench
