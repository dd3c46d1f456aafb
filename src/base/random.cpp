#include "stockcast/base/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace stockcast {
namespace {

constexpr char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::uint64_t Random::next() {
    std::array<std::byte, 8> bytes{};
    fill(bytes);
    std::uint64_t value = 0;
    for (const auto b : bytes) value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) return 0;
    // The lowest 2^64 mod bound values would make some remainders likelier than others: they are drawn again.
    const std::uint64_t uneven = (0 - bound) % bound;
    for (;;) {
        const auto value = next();
        if (value >= uneven) return value % bound;
    }
}

std::string Random::token(std::size_t bytes) {
    std::vector<std::byte> drawn(bytes);
    fill(drawn);

    std::string out;
    out.reserve((bytes * 8 + 5) / 6);
    std::uint32_t bits = 0;
    int held = 0;
    for (const auto b : drawn) {
        bits = bits << 8 | std::to_integer<std::uint32_t>(b);
        for (held += 8; held >= 6;) {
            held -= 6;
            out += base64url[bits >> held & 63];
        }
    }
    if (held > 0) out += base64url[bits << (6 - held) & 63];
    return out;
}

void SystemRandom::fill(std::span<std::byte> out) {
    // RAND_bytes takes an int: 1 GiB at a time is plenty.
    constexpr std::size_t at_once = std::size_t{1} << 30;
    while (!out.empty()) {
        const auto part = out.first(std::min(out.size(), at_once));
        if (RAND_bytes(reinterpret_cast<unsigned char*>(part.data()), static_cast<int>(part.size())) != 1) {
            throw std::runtime_error("the system's random number generator failed");
        }
        out = out.subspan(part.size());
    }
}

}  // namespace stockcast
