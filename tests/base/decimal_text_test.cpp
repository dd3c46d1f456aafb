#include "stockcast/base/decimal_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

TEST_CASE("a number's text comes apart into digits and the place of the last", "[decimal_text]") {
    struct Row {
        std::string text, digits;
        std::int64_t exponent;
        bool negative;
    };
    const Row rows[] = {
        {"0", "", 0, false},
        {"-0.00e99", "", 0, false},
        {"7", "7", 0, false},
        {"1200", "12", 2, false},
        {"1200.00", "12", 2, false},
        {"12.50", "125", -1, false},
        {"-0.0050", "5", -3, true},
        {"100.001", "100001", -3, false},
        {"1.5E+3", "15", 2, false},
        {"120e-1", "12", 0, false},
        {"1e-400", "1", -400, false},
        {"0.10e2", "1", 1, false},
        {"1e99999999999999999999", "1", 1'000'000'000'000'000, false},
        {"1e-99999999999999999999", "1", -1'000'000'000'000'000, false},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto number = take_apart(row.text);
        REQUIRE(number);
        std::string digits;
        for (std::size_t i = 0; i < number->size(); ++i) digits += number->digit(i);
        CHECK(digits == row.digits);
        CHECK(number->exponent == row.exponent);
        CHECK(number->negative == row.negative);
    }
}

TEST_CASE("only JSON's own spelling of a number comes apart", "[decimal_text]") {
    for (const std::string text : {"",   "-",  "+1",  "01",  "-01", ".5",  "5.",       "1.e3", "1e",    "1e+", "1e+-3",
                                   "1 ", " 1", "1,5", "0x1", "1_0", "NaN", "Infinity", "--1",  "1e3.5", "١"}) {
        INFO(text);
        CHECK_FALSE(take_apart(text));
    }
}
