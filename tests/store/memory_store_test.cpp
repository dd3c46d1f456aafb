#include "support/memory_store.hpp"

#include "store/opened_store.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;

TEST_CASE("a full memory store writes nothing and recovers", "[store][memory]") {
    MemoryStore store;
    store.fail_next_commit(MemoryStore::Fault::full);
    CHECK(store.commit(batch_of(Family::products, "a", "1")).error() == Errc::store_full);
    CHECK(store.entries(Family::products).empty());
    CHECK(store.recover().writable);
    CHECK(store.commit(batch_of(Family::products, "a", "1")));

    store.set_full(true);
    CHECK(store.commit(batch_of(Family::products, "b", "1")).error() == Errc::store_full);
    CHECK_FALSE(store.recover().writable);
    store.set_full(false);
    CHECK(store.recover().writable);
    CHECK(store.commits() == 1);
}

TEST_CASE("after a failure of unknown outcome the batch is there or not, and nothing more is taken",
          "[store][memory]") {
    for (const bool written : {false, true}) {
        MemoryStore store;
        store.fail_next_commit(written ? MemoryStore::Fault::failed_but_written : MemoryStore::Fault::failed);
        CHECK(store.commit(batch_of(Family::products, "a", "1")).error() == Errc::store_failed);
        CHECK(store.commit(batch_of(Family::products, "b", "1")).error() == Errc::store_failed);
        CHECK_FALSE(store.recover().writable);
        store.reopen();
        CHECK(store.get(Family::products, "a").value().has_value() == written);
        CHECK(store.commit(batch_of(Family::products, "b", "1")));
    }
}

TEST_CASE("a cold memory store shows a peek nothing, and a read all", "[store][memory]") {
    MemoryStore store;
    CHECK(store.commit(batch_of(Family::products, "a", "1")));
    store.set_cold(true);
    CHECK_FALSE(store.peek(Family::products, "a"));
    CHECK(store.get(Family::products, "a").value() == "1");
    store.set_cold(false);
    CHECK(store.peek(Family::products, "a") == "1");
}
