#include "stockcast/model/chain_hash.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;

TEST_CASE("a hash is SHA-256 of the hash before and the change's bytes", "[model]") {
    const ChainHash none;
    CHECK(none.to_hex() == std::string(64, '0'));
    // printf of 32 zero bytes, then the text, into sha256sum
    const auto first = none.followed_by("abc");
    CHECK(first.to_hex() == "365aa7d8f7f9402c4b9434502b4cc89ddb09fe50d7cd95b493b834c62d5a5370");
    CHECK(first.followed_by("").to_hex() == "e68b0c72b1aff9488294900ba6cc1e99075122a8d0c122eb42da506f9c2321a4");
    CHECK(none.followed_by("abd") != first);
}
