#include "stockcast/base/instant.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace std::chrono_literals;

TEST_CASE("every form in which SIIGO writes a time is read to the tick", "[instant]") {
    struct Row {
        std::string text;
        std::int64_t ticks;
    };
    const std::int64_t base = 1'737'369'000LL * 10'000'000;  // 2025-01-20T10:30:00Z
    const Row rows[] = {
        {"2025-01-20", base - 37'800LL * 10'000'000},
        {"2025-01-20T10:30:00Z", base},
        {"2025-01-20T10:30:00", base},
        {"2025-01-20 10:30:00", base},
        {"2025-01-20t10:30:00z", base},
        {"2025-01-20T10:30:00.1Z", base + 1'000'000},
        {"2025-01-20T10:30:00.123Z", base + 1'230'000},
        {"2025-01-20T10:30:00.1234567Z", base + 1'234'567},
        {"2025-01-20T10:30:00.1234567", base + 1'234'567},
        {"2025-01-20T10:30:00.12345679999Z", base + 1'234'567},  // more than 7 digits are cut
        {"2025-01-20T05:30:00-05:00", base},
        {"2025-01-20T10:30:00+00:00", base},
        {"2025-01-20T10:30:00-00:00", base},
        {"2025-01-21T00:15:00.5+13:45", base + 5'000'000},
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.9999999Z", -1},
        {"2024-02-29T00:00:00Z", 1'709'164'800LL * 10'000'000},
        {"0001-01-01T00:00:00Z", -62'135'596'800LL * 10'000'000},
        {"9999-12-31T23:59:59.9999999Z", 253'402'300'800LL * 10'000'000 - 1},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto read = Instant::parse(row.text);
        REQUIRE(read);
        CHECK(read->since_epoch().count() == row.ticks);
    }
}

TEST_CASE("what is no moment of the calendar is refused", "[instant]") {
    const std::string texts[] = {
        "",
        "2025",
        "2025-01",
        "2025-1-20",
        "25-01-20",
        "2025-01-20T",
        "2025-01-20Z",
        "2025-01-20T10:30Z",
        "2025-01-20T10:30:00.Z",
        "2025-01-20T10:30:00,5Z",
        "2025-01-20T24:00:00Z",
        "2025-01-20T10:60:00Z",
        "2025-12-31T23:59:60Z",  // a leap second is neither the one before nor the one after
        "2025-00-20",
        "2025-13-20",
        "2025-01-00",
        "2025-01-32",
        "2025-02-29",
        "1900-02-29",
        "2025-04-31",
        "0000-01-01",
        "-001-01-01",
        "+2025-01-20",
        "2025/01/20",
        "2025-01-20T10:30:00ZZ",
        "2025-01-20T10:30:00 Z",
        "2025-01-20T10:30:00+5:00",
        "2025-01-20T10:30:00+0500",
        "2025-01-20T10:30:00+24:00",
        "2025-01-20T10:30:00+05:60",
        "2025-01-20T10:30:00+",
        "2025-01-20T10:30:00-05",
        " 2025-01-20",
        "2025-01-20 ",
        "2025-01-20T-1:30:00Z",
        "2025-01-20T10:3a:00Z",
        std::string{"2025-01-20\0", 11},
        "0001-01-01T00:00:00+00:01",  // would be year 0
        "9999-12-31T23:59:59-00:01",  // would be year 10000
    };
    for (const auto& text : texts) {
        INFO(text);
        const auto read = Instant::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error() == Errc::malformed);
    }
}

TEST_CASE("an instant is written with the digits asked for, cut and never rounded up", "[instant]") {
    const auto at = *Instant::parse("2025-01-20T10:30:00.1239999Z");
    CHECK(at.to_iso_ms() == "2025-01-20T10:30:00.123Z");
    CHECK(at.to_iso_s() == "2025-01-20T10:30:00Z");
    CHECK(at.to_iso() == "2025-01-20T10:30:00.1239999Z");
    CHECK(Instant::parse("2025-01-20T10:30:00.1200000Z")->to_iso() == "2025-01-20T10:30:00.12Z");
    CHECK(Instant::parse("2025-01-20T10:30:00Z")->to_iso() == "2025-01-20T10:30:00Z");
    CHECK(Instant::parse("0001-01-01")->to_iso_ms() == "0001-01-01T00:00:00.000Z");
    CHECK(Instant::parse("1969-12-31T23:59:59.9999999Z")->to_iso_ms() == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("milliseconds are rounded down, before 1970 too", "[instant]") {
    CHECK(Instant::parse("1969-12-31T23:59:59.9999999Z")->unix_ms() == -1);
    CHECK(Instant::parse("1970-01-01T00:00:00.0019999Z")->unix_ms() == 1);
    CHECK(Instant::from_unix_ms(1'737'369'000'123).to_iso() == "2025-01-20T10:30:00.123Z");
}

TEST_CASE("instants are ordered, and moved by durations", "[instant]") {
    const auto at = *Instant::parse("2025-01-20T10:30:00.0000001Z");
    CHECK(at > *Instant::parse("2025-01-20T10:30:00Z"));
    CHECK((at + 24h).to_iso() == "2025-01-21T10:30:00.0000001Z");
    CHECK((at + 24h) - at == 24h);
    CHECK((at - 1ms).to_iso() == "2025-01-20T10:29:59.9990001Z");
}

TEST_CASE("Bogota's day begins at 05:00 UTC", "[instant]") {
    const auto day = bogota_day(*Instant::parse("2025-01-20T05:00:00Z"));
    CHECK(bogota_day(*Instant::parse("2025-01-20T04:59:59.9999999Z")) == day - 1);
    CHECK(bogota_day(*Instant::parse("2025-01-21T04:59:59Z")) == day);
    CHECK(bogota_day(*Instant::parse("1970-01-01T05:00:00Z")) == 0);
    CHECK(bogota_day(*Instant::parse("1970-01-01T00:00:00Z")) == -1);
}
