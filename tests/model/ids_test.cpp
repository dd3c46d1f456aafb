#include "stockcast/model/ids.hpp"

#include "support/builders.hpp"
#include "support/seeded_random.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace std::chrono_literals;
using test::at;

TEST_CASE("a GUID is read in either case and written in lower case", "[ids]") {
    const auto id = ProductId::parse("0058CAFE-1234-abcd-EF00-0123456789Ab");
    REQUIRE(id);
    CHECK(id->to_string() == "0058cafe-1234-abcd-ef00-0123456789ab");
    CHECK(id->bytes()[1] == 0x58);
    CHECK(ProductId::from_bytes(id->bytes()) == *id);
    CHECK(ProductId{}.to_string() == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("what is no GUID is malformed", "[ids]") {
    for (const std::string text : {"", "0058cafe12341abcd1ef001-123456789ab1", "0058cafe-1234-abcd-ef00-0123456789a",
                                   "0058cafe-1234-abcd-ef00-0123456789abc", "0058cafe-1234-abcd-ef00-0123456789ag",
                                   "{0058cafe-1234-abcd-ef00-0123456789}", "0058cafe-1234-abcd_ef00-0123456789ab",
                                   "-058cafe-1234-abcd-ef00-0123456789ab"}) {
        INFO(text);
        const auto id = ProductId::parse(text);
        REQUIRE_FALSE(id);
        CHECK(id.error() == Errc::malformed);
    }
}

TEST_CASE("a log id carries its time, in text too", "[ids]") {
    test::SeededRandom random;
    const auto now = *Instant::parse("2025-01-20T10:30:00.1239999Z");
    const auto id = LogId::make(now, random, {});
    CHECK(id.time() == *Instant::parse("2025-01-20T10:30:00.123Z"));
    CHECK(id.to_string().size() == 26);
    CHECK(LogId::parse(id.to_string()) == id);
    CHECK(LogId::make(now, random, {}) != id);

    // The specification's own example (github.com/ulid/spec): 01ARZ3NDEKTSV4RRFFQ69G5FAV.
    const auto known = LogId::parse("01arz3ndektsv4rrffq69g5fav");
    REQUIRE(known);
    CHECK(known->to_string() == "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CHECK(known->time().unix_ms() == 1'469'922'850'259);
}

TEST_CASE("log ids grow, within a millisecond and when the clock is put back", "[ids]") {
    test::SeededRandom random;
    auto last = LogId::make(at("10:30"), random, {});
    for (const auto& time : {"10:30", "10:30", "10:29", "2020-01-01", "10:30:00.0005"}) {
        const auto next = LogId::make(at(time), random, last);
        CHECK(next > last);
        CHECK(next.time() == at("10:30"));
        CHECK(next.to_string() > last.to_string());
        last = next;
    }
    const auto later = LogId::make(at("10:30:00.001"), random, last);
    CHECK(later.time() == at("10:30:00.001"));
}

TEST_CASE("counting up carries into the time rather than start again", "[ids]") {
    test::SeededRandom random;
    auto bytes = LogId::first_at(at("10:30")).bytes();
    for (std::size_t i = 6; i < bytes.size(); ++i) bytes[i] = 0xFF;
    const auto last = LogId::from_bytes(bytes);
    CHECK(LogId::make(at("10:30"), random, last) == LogId::first_at(at("10:30") + 1ms));
}

TEST_CASE("the first id of a moment is below all of that moment and above all before", "[ids]") {
    test::SeededRandom random;
    const auto first = LogId::first_at(at("10:30"));
    CHECK(LogId::make(at("10:30"), random, {}) >= first);
    CHECK(LogId::make(at("10:30") - 1ms, random, {}) < first);
    CHECK(LogId::first_at(*Instant::parse("1960-01-01")).is_none());
}

TEST_CASE("the largest id is 7ZZ…, and what is no ULID is malformed", "[ids]") {
    std::array<std::uint8_t, 16> ones{};
    ones.fill(0xFF);
    CHECK(LogId::from_bytes(ones).to_string() == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    CHECK(LogId::parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ") == LogId::from_bytes(ones));
    for (const std::string text :
         {"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
          "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEK-SV4RRFFQ69G5FAV"}) {
        INFO(text);
        const auto id = LogId::parse(text);
        REQUIRE_FALSE(id);
        CHECK(id.error() == Errc::malformed);
    }
}
