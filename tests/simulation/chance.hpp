#pragma once

#include "support/seeded_random.hpp"

#include "stockcast/base/random.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace stockcast::simulation {

/// A run's chance. Each part draws from a stream of its own, named and made from the seed, so that one more draw in one
/// part doesn't change what all others do.
class Chance final : public Random {
public:
    explicit Chance(std::uint64_t seed, std::string_view name = {});

    void fill(std::span<std::byte> out) override { random_.fill(out); }
    /// Uniform in [low, high].
    std::int64_t between(std::int64_t low, std::int64_t high);
    bool chance(double probability);
    /// Between `low` and `high`, every order of magnitude as likely as the next.
    std::chrono::nanoseconds duration(std::chrono::nanoseconds low, std::chrono::nanoseconds high);

private:
    /// Uniform in [0, 1).
    double unit();
    test::SeededRandom random_;
};

}  // namespace stockcast::simulation
