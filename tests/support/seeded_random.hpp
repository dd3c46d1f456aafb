#pragma once

#include "stockcast/base/random.hpp"

#include <cstdint>
#include <span>

namespace stockcast::test {

/// The same bytes for the same seed on every machine (SplitMix64).
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed = 1) : state_(seed) {}

    void fill(std::span<std::byte> out) override {
        while (!out.empty()) {
            std::uint64_t bits = step();
            for (std::size_t i = 0; i < 8 && !out.empty(); ++i, bits >>= 8, out = out.subspan(1)) {
                out.front() = static_cast<std::byte>(bits);
            }
        }
    }

private:
    std::uint64_t step() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    std::uint64_t state_;
};

}  // namespace stockcast::test
