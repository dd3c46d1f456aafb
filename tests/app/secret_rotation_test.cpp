#include "app/secret_rotation.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace std::chrono_literals;

TEST_CASE("a former secret goes when SIIGO has the new one and the old address was silent", "[app]") {
    CHECK(may_retire({.siigo_has_the_new = true, .former_silent = 15min}));
    CHECK_FALSE(may_retire({.siigo_has_the_new = true, .former_silent = 15min - 1s}));
    CHECK_FALSE(may_retire({.siigo_has_the_new = false, .former_silent = 48h}));
}
