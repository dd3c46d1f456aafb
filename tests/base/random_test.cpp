#include "stockcast/base/random.hpp"

#include "support/seeded_random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <vector>

using namespace stockcast;

namespace {

/// Hands out these numbers, most significant byte first, as `next` reads them.
class ScriptedRandom final : public Random {
public:
    explicit ScriptedRandom(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
    void fill(std::span<std::byte> out) override {
        for (auto& byte : out) {
            byte = static_cast<std::byte>(numbers_.at(read_ / 8) >> (56 - 8 * (read_ % 8)));
            ++read_;
        }
    }

private:
    std::vector<std::uint64_t> numbers_;
    std::size_t read_ = 0;
};

}  // namespace

TEST_CASE("a bounded number draws again rather than favour the small ones", "[random]") {
    // 2^64 mod 3·2^62 is 2^62: the 2^62 lowest draws would count twice.
    const std::uint64_t bound = std::uint64_t{3} << 62;
    ScriptedRandom random{{0, (std::uint64_t{1} << 62) - 1, std::uint64_t{1} << 62, ~std::uint64_t{0}}};
    CHECK(random.below(bound) == std::uint64_t{1} << 62);
    CHECK(random.below(bound) == (std::uint64_t{1} << 62) - 1);
}

TEST_CASE("a bounded number stays below its bound and reaches each value", "[random]") {
    test::SeededRandom random;
    std::array<int, 5> seen{};
    for (int i = 0; i < 1000; ++i) ++seen.at(random.below(5));
    CHECK(std::all_of(seen.begin(), seen.end(), [](int n) { return n > 150 && n < 250; }));
    CHECK(random.below(1) == 0);
    CHECK(random.below(0) == 0);
}

TEST_CASE("a token is base64url without padding", "[random]") {
    // RFC 4648 §10, and the two letters in which base64url differs.
    const auto token_of = [](std::uint64_t bits, std::size_t bytes) {
        ScriptedRandom random{{bits}};
        return random.token(bytes);
    };
    CHECK(token_of(0x666F6F6261720000, 6) == "Zm9vYmFy");
    CHECK(token_of(0x666F6F6261720000, 5) == "Zm9vYmE");
    CHECK(token_of(0x666F6F6261720000, 4) == "Zm9vYg");
    CHECK(token_of(0xFBFF000000000000, 2) == "-_8");
    CHECK(token_of(0, 0).empty());
}

TEST_CASE("the system's bytes are not all the same", "[random]") {
    SystemRandom random;
    std::array<std::byte, 64> bytes{};
    random.fill(bytes);
    CHECK(std::count(bytes.begin(), bytes.end(), bytes[0]) < 16);
    CHECK(random.token(32) != random.token(32));
}
