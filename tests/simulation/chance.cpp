#include "simulation/chance.hpp"

#include <cmath>

namespace stockcast::simulation {
namespace {

/// FNV-1a, so that two streams of one seed have nothing in common.
std::uint64_t named(std::uint64_t seed, std::string_view name) {
    for (const char c : name) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return seed;
}

}  // namespace

Chance::Chance(std::uint64_t seed, std::string_view name) : random_(named(seed, name)) {}

std::int64_t Chance::between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
}

bool Chance::chance(double probability) {
    return unit() < probability;
}

std::chrono::nanoseconds Chance::duration(std::chrono::nanoseconds low, std::chrono::nanoseconds high) {
    const auto shortest = static_cast<double>(low.count());
    const auto longest = static_cast<double>(high.count());
    return std::chrono::nanoseconds{static_cast<std::int64_t>(shortest * std::pow(longest / shortest, unit()))};
}

double Chance::unit() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
}

}  // namespace stockcast::simulation
