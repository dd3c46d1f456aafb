#include "http/query.hpp"

#include "http/arguments.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace stockcast;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a query is read as forms write it", "[http][query]") {
    struct Row {
        const char* text;
        Pairs read;
    };
    const auto row = GENERATE(values<Row>({
        {"", {}},
        {"a=1", {{"a", "1"}}},
        {"a=1&b=2", {{"a", "1"}, {"b", "2"}}},
        {"&a=1&&b=&", {{"a", "1"}, {"b", ""}}},
        {"a", {{"a", ""}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"search=caf%C3%A9+con%20leche%2B", {{"search", "caf\xc3\xa9 con leche+"}}},
        {"%61=%2526", {{"a", "%26"}}},
    }));
    CAPTURE(row.text);
    const auto query = Query::parse(row.text);
    REQUIRE(query.has_value());
    CHECK(query->all() == row.read);
    const auto again = Query::parse(query->serialised());
    REQUIRE(again.has_value());
    CHECK(*again == *query);
}

TEST_CASE("a query that could be read in two ways is refused, and the parameter is named", "[http][query]") {
    struct Row {
        const char* text;
        const char* named;
    };
    const auto row = GENERATE(values<Row>({
        {"a=1&a=2", "parameter a: one value"},
        {"a=1&%61=2", "parameter a: one value"},
        {"=1", "without a name"},
        {"b=1&a=%", "parameter a: UTF-8 in % encoding"},
        {"a=%4", "parameter a:"},
        {"a=%zz", "parameter a:"},
        {"a=%00", "parameter a:"},
        {"a=%0d%0a", "parameter a:"},
        {"a=%ff", "parameter a:"},
        {"a=%c0%af", "parameter a:"},
        {"a=%ed%a0%80", "parameter a:"},
        {"%ff=1", "name of a query parameter: UTF-8"},
    }));
    CAPTURE(row.text);
    const auto query = Query::parse(row.text);
    REQUIRE_FALSE(query.has_value());
    CHECK(query.error().find(row.named) != std::string::npos);
    CHECK(query.error().ends_with("is accepted"));
}

TEST_CASE("a query has at most as many parameters as are ever needed", "[http][query]") {
    std::string text;
    for (std::size_t i = 0; i < Query::parameters_max; ++i) text += "p" + std::to_string(i) + "=1&";
    CHECK(Query::parse(text).has_value());
    const auto beyond = Query::parse(text + "more=1");
    REQUIRE_FALSE(beyond.has_value());
    CHECK(beyond.error() == "A query of at most 32 parameters is accepted");
}

TEST_CASE("a plus stays a plus in a path", "[http][query]") {
    const auto decoded = percent_decoded("a+b%2Fc");
    REQUIRE(decoded);
    CHECK(*decoded == "a+b/c");
}

TEST_CASE("durations are read with their unit and within their bound", "[http][arguments]") {
    struct Row {
        const char* query;
        std::optional<int> ms;
    };
    const auto row = GENERATE(values<Row>({{"wait=500ms", 500},
                                           {"wait=30s", 30'000},
                                           {"wait=1m", 60'000},
                                           {"wait=0s", 0},
                                           {"wait=61s", std::nullopt},
                                           {"wait=2m", std::nullopt},
                                           {"wait=30", std::nullopt},
                                           {"wait=-1s", std::nullopt},
                                           {"wait=1.5s", std::nullopt},
                                           {"wait=18446744073709551615m", std::nullopt},
                                           {"wait=99999999999999999999s", std::nullopt}}));
    CAPTURE(row.query);
    const auto query = Query::parse(row.query);
    REQUIRE(query.has_value());
    Arguments arguments{*query};
    const auto wait = arguments.duration("wait", std::chrono::minutes{1});
    CHECK(wait.has_value() == row.ms.has_value());
    CHECK(arguments.complaint().empty() == row.ms.has_value());
    if (wait && row.ms) CHECK(wait->count() == *row.ms);
}
