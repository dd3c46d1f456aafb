#include "app/certificate.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;

TEST_CASE("a certificate's files are read once they have changed and stand still", "[app]") {
    FileChanges changes{"1 1"};
    CHECK_FALSE(changes.look("1 1"));
    CHECK_FALSE(changes.look("2 1"));  // the certificate is there, its key not yet
    CHECK_FALSE(changes.look("2 2"));
    CHECK(changes.look("2 2"));
    CHECK_FALSE(changes.look("2 2"));
    CHECK_FALSE(changes.look("- 2"));  // away for a moment
    CHECK_FALSE(changes.look("2 2"));
    CHECK_FALSE(changes.look("2 2"));
    CHECK_FALSE(changes.look("3 3"));
    CHECK(changes.look("3 3"));
}
