#include "http/route.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

TEST_CASE("a path is matched as a whole, its arguments are never empty", "[http][route]") {
    struct Row {
        const char* method;
        const char* path;
        const char* pattern;  // null: none
        const char* argument;
    };
    const auto row = GENERATE(values<Row>({
        {"GET", "/", "/", ""},
        {"GET", "/api/products", "/api/products", ""},
        {"HEAD", "/api/products", "/api/products", ""},
        {"GET", "/api/products/abc", "/api/products/{id}", "abc"},
        {"GET", "/api/products/a%2Fb", "/api/products/{id}", "a%2Fb"},
        {"GET", "/api/products/", nullptr, ""},
        {"GET", "/api/products/a/b", nullptr, ""},
        {"GET", "/API/products", nullptr, ""},
        {"GET", "/api/productsx", nullptr, ""},
        {"GET", "//api/products", nullptr, ""},
        {"GET", "", nullptr, ""},
        {"POST", "/api/webhooks/receive", "/api/webhooks/receive", ""},
        {"POST", "/api/webhooks/receive/s3cret", "/api/webhooks/receive/{secret}", "s3cret"},
        {"POST", "/api/webhooks/receive/", nullptr, ""},
        {"DELETE", "/api/products", nullptr, ""},
        {"get", "/api/products", nullptr, ""},
    }));
    CAPTURE(row.method, row.path);
    const auto found = find_route(row.method, row.path);
    REQUIRE((found.route != nullptr) == (row.pattern != nullptr));
    if (found.route == nullptr) return;
    CHECK(found.route->pattern == row.pattern);
    CHECK((found.argument_count == 0 ? "" : std::string{found.arguments[0]}) == row.argument);
}

TEST_CASE("a path that is there names its methods", "[http][route]") {
    CHECK(find_route("PUT", "/api/products").allow == "GET, HEAD, OPTIONS");
    CHECK(find_route("GET", "/api/sync").allow == "POST, OPTIONS");
    CHECK(find_route("GET", "/nowhere").allow.empty());
    CHECK_THAT(find_route("OPTIONS", "*").allow, Catch::Contains("GET, HEAD") && Catch::Contains("POST"));
}

TEST_CASE("every route can be reached and is documented", "[http][route]") {
    for (const auto& route : routes()) {
        CAPTURE(route.method, route.pattern);
        std::string path{route.pattern};
        if (const auto brace = path.find('{'); brace != std::string::npos)
            path.replace(brace, path.find('}') - brace + 1, "x");
        CHECK(find_route(route.method, path).route == &route);
        CHECK_FALSE(route.means.empty());
        CHECK((route.handler != nullptr) == (route.entry != Entry::stream));
        for (const auto& parameter : route.parameters) CHECK_FALSE(parameter.means.empty());
    }
}
