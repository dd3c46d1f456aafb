#pragma once

#include "stockcast/base/random.hpp"

#include <cstdint>

namespace stockcast::sim {

/// The same numbers for the same seed, on every machine: SplitMix64 (Steele, Lea, Flood 2014). Never for secrets.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> out) override;

    /// Uniform in [low, high].
    std::int64_t between(std::int64_t low, std::int64_t high);
    bool chance(double probability);
    /// Uniform in (0, 1].
    double unit();

private:
    std::uint64_t step();
    std::uint64_t state_;
};

}  // namespace stockcast::sim
