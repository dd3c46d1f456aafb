#include "stockcast/base/csv.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

TEST_CASE("a cell of CSV is in quotes where it must be", "[base][csv]") {
    struct Case {
        std::string text;
        std::string cell;
    };
    for (const auto& [text, cell] : {Case{"", ""},
                                     {"plain text; with 12.5", "plain text; with 12.5"},
                                     {"a,b", "\"a,b\""},
                                     {"2\" pipe", "\"2\"\" pipe\""},
                                     {"two\nlines", "\"two\nlines\""},
                                     {"a\rb", "\"a\rb\""}}) {
        CAPTURE(text);
        std::string row;
        append_csv_cell(row, text);
        CHECK(row == cell);
    }
}
