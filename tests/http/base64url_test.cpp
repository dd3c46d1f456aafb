#include "http/base64url.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

TEST_CASE("bytes survive base64url", "[http][base64url]") {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        CAPTURE(i);
        const auto back = from_base64url(to_base64url(bytes));
        REQUIRE(back);
        CHECK(*back == bytes);
        bytes += static_cast<char>(i * 37);
    }
    CHECK(to_base64url("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("one value has one spelling in base64url", "[http][base64url]") {
    const char* text = GENERATE("A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A+AA", "A/AA", "AA\nAA", "AA AA",
                                "A\xc3\xb1"
                                "A");
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
}
