#include "stockcast/base/json.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

namespace {

Json parsed(std::string_view text) {
    const auto value = parse_json(text);
    INFO(text);
    REQUIRE(value);
    return *value;
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += part;
    return out;
}

}  // namespace

TEST_CASE("a text comes back as it was read, digits and order of members included", "[json]") {
    const std::string texts[] = {
        "null",
        "true",
        "[]",
        "{}",
        R"({"b":1,"a":[1.0,-0,0.10,1E+3,1e-7,12345678901234567890123456789.123],"c":{"":""}})",
        R"(["\"\\\b\f\n\r\t\u0001","ñandú 🔔"])",
        "123456789012345678901234567890123456789012345678901234567890.123",
        "1e400",
        "-1e-400",
    };
    for (const auto& text : texts) CHECK(to_text(parsed(text)) == text);
}

TEST_CASE("escapes are read as the characters they stand for", "[json]") {
    CHECK(*parsed(R"("\u00f1\ud83d\udd14\/\u0000x")").if_string() == std::string("ñ🔔/\0x", 9));
    CHECK(parsed(R"({"a\u0062":1})").find("ab") != nullptr);
}

TEST_CASE("white space round one value is no matter, anything else after it is", "[json]") {
    CHECK(parsed(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n") == parsed(R"({"a":[1,2]})"));
}

TEST_CASE("what is no JSON text is malformed", "[json]") {
    const std::string texts[] = {
        "",
        " ",
        "01",
        "0x10",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "NaN",
        "Infinity",
        "nul",
        "truefalse",
        "[1,]",
        "[1",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "{} {}",
        "{}x",
        "1 2",
        "[]]",
        "\"a",
        "\"\\x\"",
        "\"\n\"",
        "// c\n1",
        "1 // c",
        R"("\ud83d")",
        R"("\udd14\ud83d")",
        "\"\xC3\"",
        "\"\xC0\xAF\"",
        "\"\xED\xA0\x80\"",
        "\"\xF5\x80\x80\x80\"",
        "\xEF\xBB\xBF{}",
        std::string("1\0", 2),
        std::string("\"a\0b\"", 5),
    };
    for (const auto& text : texts) {
        INFO(text);
        const auto value = parse_json(text);
        REQUIRE_FALSE(value);
        CHECK(value.error() == Errc::malformed);
    }
}

TEST_CASE("a name that stands twice in one object is malformed, however it is spelt", "[json]") {
    CHECK_FALSE(parse_json(R"({"a":1,"a":1})"));
    CHECK_FALSE(parse_json(R"({"a":1,"b":2,"\u0061":1})"));
    CHECK_FALSE(parse_json(R"([{"x":{"a":1,"a":2}}])"));
    CHECK(parse_json(R"({"a":{"a":1},"b":{"a":1}})"));

    std::string many = "{";
    for (int i = 0; i < 100; ++i) many += "\"n" + std::to_string(i) + "\":0,";
    CHECK(parse_json(many + "\"n100\":0}"));
    const auto twice = parse_json(many + "\"n57\":0}");
    REQUIRE_FALSE(twice);
    CHECK(twice.error() == Errc::malformed);
}

TEST_CASE("past a limit is out of bounds, at the limit is not", "[json]") {
    const auto refused = [](const std::string& text, const JsonLimits& limits) {
        const auto value = parse_json(text, limits);
        return !value && value.error() == Errc::out_of_bounds;
    };

    const JsonLimits limits{.depth = 4, .bytes = 64, .number_characters = 8, .exponent = 20};
    CHECK(parse_json("[[[[]]]]", limits));
    CHECK(refused("[[[[[]]]]]", limits));
    CHECK(refused(R"([{"a":[{"b":[]}]}])", limits));
    CHECK(parse_json("12345678", limits));
    CHECK(refused("123456789", limits));
    CHECK(parse_json("1e20", limits));
    CHECK(parse_json("1e-020", limits));
    CHECK(refused("1e21", limits));
    CHECK(refused("1E-21", limits));
    CHECK(parse_json("[" + std::string(62, ' ') + "]", limits));
    CHECK(refused("[" + std::string(63, ' ') + "]", limits));

    CHECK(refused("1e401", {}));
    CHECK(refused("0e999999", {}));
    CHECK(refused("1e99999999999999999999", {}));
    CHECK(refused(std::string(100'000, '9'), {}));
    CHECK(refused(repeated("[", 100'000), {}));
}

TEST_CASE("an object of 100,000 names is read in one go", "[json]") {
    std::string text = "{";
    for (int i = 0; i < 100'000; ++i) text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
    text += '}';
    JsonLimits limits;
    limits.bytes = text.size();
    const auto value = parse_json(text, limits);
    REQUIRE(value);
    CHECK(value->if_object()->size() == 100'000);
    CHECK(to_text(*value) == text);
    CHECK(same_value(*value, *value));
}

TEST_CASE("values are the same by their meaning", "[json]") {
    struct Row {
        std::string a, b;
        bool same;
    };
    const Row rows[] = {
        {"1", "1.0", true},
        {"1", "10e-1", true},
        {"0", "-0.000e7", true},
        {"100", "1e2", true},
        {"0.001", "1E-3", true},
        {"120.50", "1205e-1", true},
        {"1", "-1", false},
        {"1", "1.0000000000000000000000000001", false},
        {"1e399", "1e400", false},
        {"0.1", "0.10000000000000001", false},
        {"1", "\"1\"", false},
        {"null", "false", false},
        {"0", "null", false},
        {R"({"a":1,"b":2})", R"({"b":2.0,"a":1})", true},
        {R"({"a":1,"b":2})", R"({"a":1})", false},
        {R"({"a":1,"b":2})", R"({"a":1,"c":2})", false},
        {R"({"a":1})", R"({"a":2})", false},
        {"[1,2]", "[2,1]", false},
        {"[1,2]", "[1.0,2]", true},
        {"[]", "{}", false},
        {"[1]", "[1,1]", false},
    };
    for (const auto& row : rows) {
        INFO(row.a << " and " << row.b);
        CHECK(same_value(parsed(row.a), parsed(row.b)) == row.same);
        CHECK(same_value(parsed(row.b), parsed(row.a)) == row.same);
    }
}

TEST_CASE("members are found, set and taken by name", "[json]") {
    auto value = parsed(R"({"a":1,"b":[true]})");
    REQUIRE(value.find("b") != nullptr);
    CHECK(*value.find("b")->if_array()->front().if_bool());
    CHECK(value.find("c") == nullptr);
    CHECK(Json{}.find("a") == nullptr);

    value.set("a", "text");
    value.set("c", Json::number(-5));
    CHECK(to_text(value) == R"({"a":"text","b":[true],"c":-5})");

    CHECK(value.take("a") == Json{"text"});
    CHECK_FALSE(value.take("a"));
    CHECK(to_text(value) == R"({"b":[true],"c":-5})");
}

TEST_CASE("a text that is no UTF-8 is still written as valid JSON", "[json]") {
    std::string out;
    write_json_string(out, "a\xFF\xC3z\xED\xA0\x80\x7F");
    CHECK(out == "\"a\uFFFD\uFFFDz\uFFFD\uFFFD\uFFFD\x7F\"");
    CHECK(parse_json(out));
}

TEST_CASE("the object writer puts commas between members, and escapes names", "[json]") {
    std::string out;
    JsonObjectWriter writer{out};
    writer.string("s", "\"").number("n", -9'223'372'036'854'775'807 - 1).boolean("b", false).null("z").raw("r", "1.50");
    JsonObjectWriter nested{writer.open("o\n")};
    nested.close();
    writer.close();
    CHECK(out == R"({"s":"\"","n":-9223372036854775808,"b":false,"z":null,"r":1.50,"o\n":{}})");

    std::string empty;
    JsonObjectWriter{empty}.close();
    CHECK(empty == "{}");
}
