#include "bench/table.hpp"

#include <catch2/catch.hpp>

using namespace stockcast::bench;
using namespace std::chrono_literals;

TEST_CASE("medians are of each column by itself, the lower of two in the middle", "[bench]") {
    const auto median = median_of({{1, 30ms, 1ms, 5ms, 5ms}, {3, 10ms, 2ms, 6ms, 9ms}, {2, 20ms, 3ms, 4ms, 7ms}});
    CHECK(median.per_second == 2);
    CHECK(median.p50 == 20ms);
    CHECK(median.p90 == 2ms);
    CHECK(median.p99 == 5ms);
    CHECK(median.max == 7ms);
    CHECK(median_of(std::vector<double>{4, 1, 3, 2}) == 2);
    CHECK(median_of(std::vector<double>{7}) == 7);
}

TEST_CASE("statuses are listed with their counts", "[bench]") {
    CHECK(listed({}) == "none");
    CHECK(listed({{0, 2}, {200, 5}}) == "2 without an answer, 5 answered 200");
}
