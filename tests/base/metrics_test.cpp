#include "stockcast/base/metrics.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

using namespace stockcast;

TEST_CASE("counters are written with their help and kind, in the order of their names", "[metrics]") {
    Metrics metrics;
    metrics.counter("b_total", "Second.").add(3);
    metrics.counter("a_total", "First.").add();
    CHECK(metrics.text() ==
          "# HELP a_total First.\n# TYPE a_total counter\na_total 1\n"
          "# HELP b_total Second.\n# TYPE b_total counter\nb_total 3\n");
}

TEST_CASE("the same name and labels are one series, other labels another", "[metrics]") {
    Metrics metrics;
    auto& one = metrics.counter("calls_total", "Calls.", {{"outcome", "good"}});
    auto& other = metrics.counter("calls_total", "Calls.", {{"outcome", "bad"}});
    CHECK(&one == &metrics.counter("calls_total", "Calls.", {{"outcome", "good"}}));
    CHECK(&one != &other);
    one.add(2);
    CHECK(metrics.text() ==
          "# HELP calls_total Calls.\n# TYPE calls_total counter\n"
          "calls_total{outcome=\"good\"} 2\ncalls_total{outcome=\"bad\"} 0\n");
}

TEST_CASE("a histogram counts by upper bound, which is included, and cumulates", "[metrics]") {
    Metrics metrics;
    constexpr double bounds[] = {0.1, 1};
    auto& took = metrics.histogram("took_seconds", "Took.", bounds, {{"kind", "x"}});
    took.observe(0.1);
    took.observe(0.5);
    took.observe(7);
    took.observe(std::chrono::milliseconds{250});
    CHECK(metrics.text() ==
          "# HELP took_seconds Took.\n# TYPE took_seconds histogram\n"
          "took_seconds_bucket{kind=\"x\",le=\"0.1\"} 1\n"
          "took_seconds_bucket{kind=\"x\",le=\"1\"} 3\n"
          "took_seconds_bucket{kind=\"x\",le=\"+Inf\"} 4\n"
          "took_seconds_sum{kind=\"x\"} 7.85\ntook_seconds_count{kind=\"x\"} 4\n");
}

TEST_CASE("a gauge is read at each scrape, and left out while it is not known", "[metrics]") {
    Metrics metrics;
    double value = std::numeric_limits<double>::quiet_NaN();
    metrics.gauge("days", "Days.", {}, [&] { return value; });
    CHECK(metrics.text().empty());
    value = -2.5;
    CHECK(metrics.text() == "# HELP days Days.\n# TYPE days gauge\ndays -2.5\n");
    value = std::numeric_limits<double>::infinity();
    CHECK(metrics.text() == "# HELP days Days.\n# TYPE days gauge\ndays +Inf\n");
}

TEST_CASE("label values and help are escaped as the format asks", "[metrics]") {
    Metrics metrics;
    metrics.counter("a_total", "A \\ and\na \"line\".", {{"x", "\"\\\n"}}).add();
    CHECK(metrics.text() ==
          "# HELP a_total A \\\\ and\\na \"line\".\n# TYPE a_total counter\na_total{x=\"\\\"\\\\\\n\"} 1\n");
}

TEST_CASE("what Prometheus would not take, or two parts would not agree on, is a bug", "[metrics]") {
    Metrics metrics;
    metrics.counter("a_total", "A.", {{"x", "1"}});
    metrics.gauge("g", "G.", {}, [] { return 1.0; });
    CHECK_THROWS_AS(metrics.counter("a_total", "B.", {{"x", "1"}}), std::logic_error);
    CHECK_THROWS_AS(metrics.counter("a_total", "A.", {{"y", "1"}}), std::logic_error);
    CHECK_THROWS_AS(metrics.counter("a_total", "A."), std::logic_error);
    CHECK_THROWS_AS(metrics.gauge("a_total", "A.", {{"x", "1"}}, [] { return 0.0; }), std::logic_error);
    CHECK_THROWS_AS(metrics.gauge("g", "G.", {}, [] { return 2.0; }), std::logic_error);
    CHECK_THROWS_AS(metrics.counter("a_total", "A.", {{"x", "1"}}, [] { return 2.0; }), std::logic_error);
    for (const char* name : {"", "1a", "a-b", "a:b", "ñ"})
        CHECK_THROWS_AS(metrics.counter(name, "A."), std::logic_error);
    for (const char* label : {"", "le", "a-b"})
        CHECK_THROWS_AS(metrics.counter("c_total", "C.", {{label, "1"}}), std::logic_error);
}
