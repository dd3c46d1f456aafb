#include "sync/state.hpp"

#include "support/builders.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;

TEST_CASE("the sync's state reads back as it was written", "[sync]") {
    SyncState full;
    full.first_completed = at("10:00:00.1234567");
    full.last_completed = at("11:00");
    full.last_started = at("10:59");
    full.last_full_started = at("09:59");
    full.open_run = log_id(7);
    full.suspects = true;
    for (const auto& state : {SyncState{}, full}) {
        const auto back = decode_sync_state(encode(state));
        REQUIRE(back);
        CHECK(*back == state);
    }
}

TEST_CASE("a damaged state is an error, not an empty one", "[sync]") {
    SyncState state;
    state.last_completed = at("11:00");
    const auto good = encode(state);
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x20);
        CHECK_FALSE(decode_sync_state(bad));
    }
    CHECK_FALSE(decode_sync_state(""));
}

TEST_CASE("suspects read back as they were written", "[sync]") {
    const std::vector<ProductId> many{product_id(1), product_id(2), product_id(300)};
    for (const auto& ids : {std::vector<ProductId>{}, many}) {
        const auto back = decode_suspects(encode_suspects(ids));
        REQUIRE(back);
        CHECK(*back == ids);
    }
}
