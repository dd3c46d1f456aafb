#include "sim/seeded_random.hpp"

namespace stockcast::sim {

std::uint64_t SeededRandom::step() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

void SeededRandom::fill(std::span<std::byte> out) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) bits = step();
        out[i] = static_cast<std::byte>(bits & 0xff);
        bits >>= 8;
    }
}

std::int64_t SeededRandom::between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
}

double SeededRandom::unit() {
    return static_cast<double>((step() >> 11) + 1) * 0x1.0p-53;
}

bool SeededRandom::chance(double probability) {
    return unit() <= probability;
}

}  // namespace stockcast::sim
