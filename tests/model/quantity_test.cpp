#include "stockcast/model/quantity.hpp"

#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace stockcast;
using test::quantity;

TEST_CASE("a figure comes out with its own value, plainly written", "[quantity]") {
    struct Row {
        std::string in, out;
    };
    const Row rows[] = {
        {"0", "0"},
        {"-0", "0"},
        {"0.000", "0"},
        {"0e999999", "0"},
        {"15", "15"},
        {"-12", "-12"},
        {"12.50", "12.5"},
        {"1.0", "1"},
        {"-0.5", "-0.5"},
        {"0.0050", "0.005"},
        {"1E+3", "1000"},
        {"1.5e3", "1500"},
        {"125e-2", "1.25"},
        {"1000e-3", "1"},
        {"99999999999999999999", "99999999999999999999"},
        {"-1e19", "-10000000000000000000"},
        {"1e-40", "0.0000000000000000000000000000000000000001"},
        {"12345678901234567890.12345678901234", "12345678901234567890.12345678901234"},
        {"0.1234567890123456789012345678901234", "0.1234567890123456789012345678901234"},
        {"-9999999999999999999999999999999999e-34", "-0.9999999999999999999999999999999999"},
        {"1" + std::string(19, '0') + "." + std::string(500, '0'), "10000000000000000000"},
    };
    for (const auto& row : rows) {
        INFO(row.in);
        const auto read = Quantity::parse(row.in);
        REQUIRE(read);
        CHECK(read->to_string() == row.out);
        CHECK(Quantity::parse(row.out) == *read);
    }
    CHECK(Quantity{-7}.to_string() == "-7");
    CHECK(Quantity{}.to_string() == "0");
}

TEST_CASE("past the bounds is refused, never rounded or expanded", "[quantity]") {
    const std::string texts[] = {
        "1e400",
        "1e20",
        "100000000000000000000",
        "-1e-41",
        "1e-999999999999999999999999",
        "1e999999999999999999999999",
        "12345678901234567890123456789012345e-20",  // 35 digits
        "12345678901234567890.123456789012345",
        std::string(1'000'000, '7'),
        "0." + std::string(1'000'000, '7'),
    };
    for (const auto& text : texts) {
        INFO(text.substr(0, 50));
        const auto read = Quantity::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error() == Errc::out_of_bounds);
    }
}

TEST_CASE("what is no JSON number is no quantity", "[quantity]") {
    for (const std::string text : {"", " 1", "1 ", "01", "+1", ".5", "5.", "1,5", "0x10", "NaN", "1e", "--1", "ten"}) {
        INFO(text);
        const auto read = Quantity::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error() == Errc::malformed);
    }
}

TEST_CASE("a number may come as a string, with space round it", "[quantity]") {
    const auto from = [](std::string_view json) { return Quantity::from_json(*parse_json(json)); };
    CHECK(from("12.50") == quantity("12.5"));
    CHECK(from("\"12.50\"") == quantity("12.5"));
    CHECK(from("\" \\t-3\\r\\n\"") == quantity("-3"));
    for (const auto* json : {"null", "true", "\"\"", "\"  \"", "\"1 2\"", "\"1,5\"", "[1]", "{}", "\"12 und\""}) {
        INFO(json);
        const auto read = from(json);
        REQUIRE_FALSE(read);
        CHECK(read.error() == Errc::malformed);
    }
    CHECK(from("1e300").error() == Errc::out_of_bounds);
}

TEST_CASE("quantities are ordered by value", "[quantity]") {
    const std::vector<std::string> ascending{"-99999999999999999999",
                                             "-10",
                                             "-1.000000000000000000000000000000001",
                                             "-1",
                                             "-0.1",
                                             "-0.0000000000000000000000000000000000000001",
                                             "0",
                                             "0.0000000000000000000000000000000000000001",
                                             "0.09",
                                             "0.1",
                                             "0.11",
                                             "1",
                                             "1.000000000000000000000000000000001",
                                             "9.99",
                                             "10",
                                             "99999999999999999999"};
    for (std::size_t a = 0; a < ascending.size(); ++a) {
        for (std::size_t b = 0; b < ascending.size(); ++b) {
            INFO(ascending[a] << " and " << ascending[b]);
            CHECK((quantity(ascending[a]) <=> quantity(ascending[b])) == (a <=> b));
            CHECK((quantity(ascending[a]) == quantity(ascending[b])) == (a == b));
        }
    }
    CHECK(quantity("1.50") == quantity("15e-1"));
}

TEST_CASE("sums are exact, or refused", "[quantity]") {
    struct Row {
        std::string a, b, sum;  ///< empty: out of bounds
    };
    const Row rows[] = {
        {"0.1", "0.2", "0.3"},
        {"15", "-15", "0"},
        {"1.5", "1.5", "3"},
        {"0", "1e-40", "1e-40"},
        {"99999999999999999999", "-0.0000000000001", "99999999999999999998.9999999999999"},
        {"99999999999999999999", "1", ""},
        {"-99999999999999999999", "-1", ""},
        {"1e19", "1e-40", ""},  // 60 digits
        {"1", "1e-40", ""},
        {"1e-7", "1e-40", "1.000000000000000000000000000000001e-7"},
        {"1e-6", "1e-40", ""},
        {"9999999999999999999999999999999999e-40", "1e-40", "1e-6"},
        {"99999999999999999999", "0.9999999999999", "99999999999999999999.9999999999999"},
    };
    for (const auto& row : rows) {
        INFO(row.a << " and " << row.b);
        for (const auto& sum : {add(quantity(row.a), quantity(row.b)), add(quantity(row.b), quantity(row.a))}) {
            if (row.sum.empty()) {
                REQUIRE_FALSE(sum);
                CHECK(sum.error() == Errc::out_of_bounds);
            } else {
                REQUIRE(sum);
                CHECK(sum->to_string() == quantity(row.sum).to_string());
            }
        }
    }
}

TEST_CASE("negation and sign", "[quantity]") {
    CHECK(-quantity("1.5") == quantity("-1.5"));
    CHECK(-Quantity{} == Quantity{});
    CHECK(quantity("-0.001").is_negative());
    CHECK_FALSE(quantity("0").is_negative());
    CHECK(add(quantity("1.25"), -quantity("1.25")) == Quantity{});
}
