#include "http/text.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;

TEST_CASE("folding takes case and accents away and leaves the rest", "[http][text]") {
    struct Row {
        const char* text;
        const char* folded;
    };
    const auto row = GENERATE(values<Row>({{"CAMISETA de Algod\xc3\xb3n", "camiseta de algodon"},
                                           {"\xc3\x91"
                                            "AND\xc3\x9a \xc3\xbc",
                                            "nandu u"},
                                           {"e\xcc\x81", "e"},                        // a combining acute
                                           {"\xc5\xa0koda \xc5\xbe", "skoda z"},      // Latin Extended-A
                                           {"\xc5\xbf", "s"},                         // its last letter
                                           {"\xc3\x97\xc3\xb7", "\xc3\x97\xc3\xb7"},  // × ÷ are no letters
                                           {"\xe6\x97\xa5\xf0\x9f\x91\x95", "\xe6\x97\xa5\xf0\x9f\x91\x95"},
                                           {"a\xff"
                                            "B",
                                            "a\xff"
                                            "b"}}));
    CHECK(folded(row.text) == row.folded);
}

TEST_CASE("only UTF-8 by RFC 3629 is UTF-8", "[http][text]") {
    CHECK(is_utf8("caf\xc3\xa9 \xf0\x9f\x91\x95"));
    const char* bad = GENERATE("\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                               "\xf5\x80\x80\x80", "\xff");
    CHECK_FALSE(is_utf8(bad));
}
