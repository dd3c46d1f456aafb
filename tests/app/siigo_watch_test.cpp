#include "app/siigo_watch.hpp"

#include "support/manual_clock.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace std::chrono_literals;

TEST_CASE("webhooks are silent when none came for hours while polls found changes", "[app]") {
    const test::ManualClock clock;
    const auto start = clock.now();
    WebhookSilence silence{start};
    silence.count(100, start);
    CHECK_FALSE(silence.is_silent(start + 48h));  // nobody sold anything
    silence.find(2);
    CHECK_FALSE(silence.is_silent(start + 48h));
    silence.find(1);
    CHECK_FALSE(silence.is_silent(start + 2h - 1s));
    CHECK(silence.is_silent(start + 2h));
    CHECK(silence.silent_for(start + 3h + 59min) == 3h);

    silence.count(101, start + 4h);
    CHECK_FALSE(silence.is_silent(start + 48h));
    silence.find(3);
    silence.count(101, start + 5h);
    CHECK(silence.is_silent(start + 6h));
}
