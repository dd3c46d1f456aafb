// One suite for both implementations: what Store promises, so that a test over MemoryStore says something of
// production.
#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"
#include "support/memory_store.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

using Entries = std::map<std::string, std::string>;

struct OfMemory {
    std::unique_ptr<Store> store = std::make_unique<MemoryStore>();
    std::unique_ptr<Store> open_copy(const std::string& directory) {
        return static_cast<MemoryStore&>(*store).copy(directory);
    }
    std::string place_for_copy() { return "copy"; }
};

struct OfRocks {
    TemporaryDirectory directory;
    std::unique_ptr<Store> store = open_in(directory / "data");
    std::unique_ptr<Store> open_copy(const std::string& copy) {
        auto settings = settings_in(copy);
        settings.read_only_copy = true;
        SeededRandom random;
        return open_rocks_store(settings, random);
    }
    std::string place_for_copy() { return directory / "copy"; }
};

std::vector<std::string> keys_seen(const Store& store, const KeyRange& range, Direction direction,
                                   std::size_t at_most = 99) {
    std::vector<std::string> seen;
    store.snapshot()
        ->scan(Family::products, range, direction,
               [&](std::string_view key, std::string_view) {
                   seen.emplace_back(key);
                   return seen.size() < at_most;
               })
        .value();
    return seen;
}

using Keys = std::vector<std::string>;

}  // namespace

#define STORE_TEST(name) TEMPLATE_TEST_CASE(name, "[store][contract]", OfMemory, OfRocks)

STORE_TEST("what was committed is read, and what was not is absent") {
    TestType of;
    CHECK(of.store->commit(batch_of(Family::products, "a", "1")));
    CHECK(of.store->get(Family::products, "a").value() == "1");
    CHECK_FALSE(of.store->get(Family::products, "b").value());
    CHECK_FALSE(of.store->get(Family::product_codes, "a").value());
}

STORE_TEST("an empty value is a value, and keys may hold any byte") {
    TestType of;
    const std::string key{"\0\xff\n", 3};
    CHECK(of.store->commit(batch_of(Family::product_codes, key, "")));
    CHECK(of.store->get(Family::product_codes, key).value() == "");
}

STORE_TEST("the writes of a batch take effect in their order, in all families") {
    TestType of;
    Batch batch;
    batch.put(Family::products, "a", "1");
    batch.put(Family::changes, "a", "change");
    batch.erase(Family::products, "a");
    batch.put(Family::products, "b", "1");
    batch.put(Family::products, "b", "2");
    CHECK(of.store->commit(batch));
    CHECK_FALSE(of.store->get(Family::products, "a").value());
    CHECK(of.store->get(Family::products, "b").value() == "2");
    CHECK(of.store->get(Family::changes, "a").value() == "change");
}

STORE_TEST("an empty batch commits") {
    TestType of;
    CHECK(of.store->commit(Batch{}));
}

STORE_TEST("many keys are answered in the order asked for, also twice and absent") {
    TestType of;
    CHECK(of.store->commit(batch_of(Family::products, "a", "1")));
    CHECK(of.store->commit(batch_of(Family::products, "b", "2")));
    const auto found = of.store->get_many(Family::products, {"b", "x", "a", "b"}).value();
    REQUIRE(found.size() == 4);
    CHECK(found[0] == "2");
    CHECK_FALSE(found[1]);
    CHECK(found[2] == "1");
    CHECK(found[3] == "2");
    CHECK(of.store->get_many(Family::products, {}).value().empty());
}

STORE_TEST("a peek sees what was just committed, and never makes anything up") {
    TestType of;
    CHECK(of.store->commit(batch_of(Family::products, "a", "1")));
    CHECK(of.store->commit(batch_of(Family::products, "empty", "")));
    CHECK(of.store->peek(Family::products, "a") == "1");
    CHECK_FALSE(of.store->peek(Family::products, "empty"));
    CHECK_FALSE(of.store->peek(Family::products, "b"));
    CHECK_FALSE(of.store->peek(Family::product_codes, "a"));

    Batch later;
    later.erase(Family::products, "a");
    CHECK(of.store->commit(later));
    CHECK_FALSE(of.store->peek(Family::products, "a"));
}

STORE_TEST("a scan visits its range in bytewise order, either way, from inclusive to exclusive") {
    TestType of;
    Batch batch;
    for (const auto* key : {"b", "a", "c", "\xff", "ab"}) batch.put(Family::products, key, "");
    batch.put(Family::changes, "aa", "");
    CHECK(of.store->commit(batch));

    const auto up = [&](KeyRange range) { return keys_seen(*of.store, range, Direction::ascending); };
    const auto down = [&](KeyRange range) { return keys_seen(*of.store, range, Direction::descending); };
    CHECK(up({}) == Keys{"a", "ab", "b", "c", "\xff"});
    CHECK(down({}) == Keys{"\xff", "c", "b", "ab", "a"});
    CHECK(up({"ab", "c"}) == Keys{"ab", "b"});
    CHECK(down({"ab", "c"}) == Keys{"b", "ab"});
    CHECK(up({"aa", "bb"}) == Keys{"ab", "b"});
    CHECK(down({"aa", "bb"}) == Keys{"b", "ab"});
    CHECK(down({"c", ""}) == Keys{"\xff", "c"});
    CHECK(up({"b", "b"}).empty());
    CHECK(up({"c", "a"}).empty());
    CHECK(down({"c", "a"}).empty());
}

STORE_TEST("a visitor ends a scan when it has enough") {
    TestType of;
    Batch batch;
    for (const auto* key : {"a", "b", "c"}) batch.put(Family::products, key, "");
    CHECK(of.store->commit(batch));
    CHECK(keys_seen(*of.store, {}, Direction::ascending, 2) == Keys{"a", "b"});
    CHECK(keys_seen(*of.store, {}, Direction::descending, 1) == Keys{"c"});
}

STORE_TEST("a snapshot holds what was there when it was taken, whatever is committed after") {
    TestType of;
    CHECK(of.store->commit(batch_of(Family::products, "a", "1")));
    CHECK(of.store->commit(batch_of(Family::products, "b", "1")));
    const auto before = of.store->snapshot();

    Batch later;
    later.put(Family::products, "a", "2");
    later.erase(Family::products, "b");
    later.put(Family::products, "c", "2");
    CHECK(of.store->commit(later));

    Entries seen;
    CHECK(before->scan(Family::products, {}, Direction::ascending,
                       [&](std::string_view key, std::string_view value) { return seen.emplace(key, value).second; }));
    CHECK(seen == Entries{{"a", "1"}, {"b", "1"}});
    CHECK(before->get(Family::products, "a").value() == "1");
    CHECK_FALSE(before->get(Family::products, "c").value());
    CHECK((entries_of(*of.store, Family::products) == Entries{{"a", "2"}, {"c", "2"}}));
}

STORE_TEST("a checkpoint is a store of its own that later commits don't reach") {
    TestType of;
    CHECK(of.store->commit(batch_of(Family::products, "a", "1")));
    const auto place = of.place_for_copy();
    CHECK(of.store->checkpoint(place));
    CHECK(of.store->commit(batch_of(Family::products, "a", "2")));

    const auto copy = of.open_copy(place);
    CHECK(copy->get(Family::products, "a").value() == "1");
    CHECK(of.store->get(Family::products, "a").value() == "2");
    CHECK(of.store->checkpoint(place).error() == Errc::malformed);
    CHECK(copy->get(Family::products, "a").value() == "1");
}

STORE_TEST("a healthy store is writable") {
    TestType of;
    const auto health = of.store->recover();
    CHECK(health.writable);
    CHECK(health.reason.empty());
}
