#include "stockcast/base/result.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace stockcast;

TEST_CASE("every error of ours has a text of its own", "[result]") {
    std::set<std::string> texts;
    for (int i = static_cast<int>(Errc::malformed); i <= static_cast<int>(Errc::siigo_throttled); ++i) {
        const auto text = make_error_code(static_cast<Errc>(i)).message();
        CHECK(text.find("unknown error") == std::string::npos);
        CHECK(texts.insert(text).second);
    }
    CHECK(make_error_code(static_cast<Errc>(999)).message() == "unknown error 999");
}

TEST_CASE("an error converts into a result, and is none of another category's", "[result]") {
    const Result<int> failed = Errc::not_found;
    REQUIRE(failed.has_error());
    CHECK(failed.error() == Errc::not_found);
    CHECK(failed.error() != Errc::closed);
    CHECK(std::string{failed.error().category().name()} == "stockcast");
    CHECK(failed.error() != boost::system::errc::no_such_file_or_directory);
}
