#include "stockcast/store/floors.hpp"

#include "store/live_floors.hpp"
#include "store/opened_store.hpp"
#include "store/rocks_open.hpp"
#include "store/temporary_directory.hpp"
#include "support/builders.hpp"
#include "support/memory_store.hpp"

#include "stockcast/store/keys.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

const std::vector<std::string> companies{"east", "main"};

/// Changes 1 to 6, of two products each in turn, and six log entries of each kind, of two companies.
Batch six_of_each() {
    Batch batch;
    for (std::uint64_t n = 1; n <= 6; ++n) {
        batch.put(Family::changes, keys::change(n), "c" + std::to_string(n));
        for (const auto& company : companies) {
            batch.put(Family::product_changes, keys::product_change(company, product_id(1 + n % 2), n), "");
            for (const auto family : {Family::webhook_logs, Family::sync_logs, Family::audit})
                batch.put(family, keys::log(company, log_id(n)), "l" + std::to_string(n));
        }
    }
    batch.put(Family::products, keys::product("main", product_id(1)), "p");
    return batch;
}

Floors floors_at(std::uint64_t n) {
    return {.changes = n, .changes_until = at("12:00"), .logs = log_id(n), .audit = log_id(n)};
}

Batch moving(const Floors& floors) {
    return batch_of(Family::meta, std::string{keys::floors}, encode(floors));
}

std::vector<std::string> keys_of(const Store& store, Family family, Direction direction) {
    std::vector<std::string> seen;
    store.snapshot()
        ->scan(family, {}, direction,
               [&](std::string_view key, std::string_view) {
                   seen.emplace_back(key);
                   return true;
               })
        .value();
    return seen;
}

/// What a store without floors would show, less what is below `n`.
void check_shows(const Store& store, std::uint64_t n) {
    std::vector<std::string> changes, logs, history;
    for (std::uint64_t i = n; i <= 6; ++i) changes.push_back(keys::change(i));
    for (const auto& company : companies) {
        for (std::uint64_t i = n; i <= 6; ++i) logs.push_back(keys::log(company, log_id(i)));
        for (const std::uint64_t product : {1, 2}) {
            for (std::uint64_t i = n; i <= 6; ++i)
                if (1 + i % 2 == product) history.push_back(keys::product_change(company, product_id(product), i));
        }
    }
    const std::map<Family, std::vector<std::string>> expected{{Family::changes, changes},
                                                              {Family::product_changes, history},
                                                              {Family::webhook_logs, logs},
                                                              {Family::sync_logs, logs},
                                                              {Family::audit, logs}};
    for (auto [family, wanted] : expected) {
        INFO(to_string(family) << " from " << n);
        CHECK(keys_of(store, family, Direction::ascending) == wanted);
        std::reverse(wanted.begin(), wanted.end());
        CHECK(keys_of(store, family, Direction::descending) == wanted);
    }
    CHECK(store.get(Family::changes, keys::change(n)).value().has_value() == (n <= 6));
    if (n > 1) {
        CHECK_FALSE(store.get(Family::changes, keys::change(n - 1)).value());
        CHECK_FALSE(store.peek(Family::changes, keys::change(n - 1)));
        CHECK_FALSE(store.snapshot()->get(Family::sync_logs, keys::log("main", log_id(n - 1))).value());
        CHECK(store.get_many(Family::changes, {keys::change(n - 1), keys::change(6)}).value() ==
              std::vector<std::optional<std::string>>{std::nullopt,
                                                      n <= 6 ? std::optional<std::string>{"c6"} : std::nullopt});
    }
    CHECK(store.get(Family::products, keys::product("main", product_id(1))).value() == "p");
}

struct OfMemory {
    std::unique_ptr<Store> store = std::make_unique<MemoryStore>();
    void reopen() { static_cast<MemoryStore&>(*store).reopen(); }
};
struct OfRocks {
    TemporaryDirectory directory;
    std::unique_ptr<Store> store = open_in(directory / "data");
    void reopen() {
        store.reset();
        store = open_in(directory / "data");
    }
};

}  // namespace

TEMPLATE_TEST_CASE("what lies below a floor is gone for every reader, before and after its space is taken back",
                   "[store][contract]", OfMemory, OfRocks) {
    TestType of;
    REQUIRE(of.store->commit(six_of_each()));
    check_shows(*of.store, 1);
    for (const std::uint64_t n : {2, 3, 6, 7}) {
        REQUIRE(of.store->commit(moving(floors_at(n))));
        CHECK(of.store->floors() == floors_at(n));
        check_shows(*of.store, n);
        of.reopen();  // as after a crash: the floor is durable, the space not yet taken back
        CHECK(of.store->floors() == floors_at(n));
        check_shows(*of.store, n);
        CHECK(of.store->reclaim());
        check_shows(*of.store, n);
    }
}

TEST_CASE("floors that can't be read back are not written", "[store]") {
    OfRocks of;
    CHECK(of.store->commit(batch_of(Family::meta, std::string{keys::floors}, "x")).error() == Errc::malformed);
    CHECK(of.store->commit(six_of_each()));
    check_shows(*of.store, 1);
}

TEST_CASE("a store's files give back the space of what is below the floor", "[store]") {
    const TemporaryDirectory directory;
    constexpr std::uint64_t count = 2000;
    {
        const auto store = open_in(directory.path());
        Batch batch;
        for (std::uint64_t n = 1; n <= count; ++n) {
            batch.put(Family::changes, keys::change(n), std::string(100, 'x'));
            batch.put(Family::product_changes, keys::product_change("main", product_id(n % 7), n), "");
        }
        REQUIRE(store->commit(batch));
        REQUIRE(store->commit(moving({.changes = count - 9, .changes_until = {}, .logs = {}, .audit = {}})));
    }
    auto database = open_for_commits(settings_in(directory.path()), nullptr);
    for (const auto family : {Family::changes, Family::product_changes}) {
        REQUIRE(database->db().CompactRange({}, database->handle(family), nullptr, nullptr).ok());
        const std::unique_ptr<rocksdb::Iterator> entry{database->db().NewIterator({}, database->handle(family))};
        std::uint64_t left = 0;
        for (entry->SeekToFirst(); entry->Valid(); entry->Next()) ++left;
        CHECK(left == 10);
    }
}

TEST_CASE("whole files below the floor go at once", "[store]") {
    const TemporaryDirectory directory;
    {
        for (std::uint64_t part = 0; part < 2; ++part) {
            Batch batch;
            for (std::uint64_t n = 1; n <= 500; ++n)
                batch.put(Family::changes, keys::change(part * 500 + n), std::string(100, 'x'));
            REQUIRE(open_in(directory.path())->commit(batch));
            // Deletion of whole files looks at the sorted levels alone.
            const auto database = open_for_commits(settings_in(directory.path()), nullptr);
            REQUIRE(database->db().Flush({}, database->handle(Family::changes)).ok());
            rocksdb::CompactRangeOptions down;
            down.change_level = true;
            down.target_level = 6;
            const auto from = keys::change(part * 500 + 1), to = keys::change(part * 500 + 500);
            const rocksdb::Slice first{from}, last{to};
            REQUIRE(database->db().CompactRange(down, database->handle(Family::changes), &first, &last).ok());
        }
    }
    const auto files = [&] {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator{directory / "rocksdb"})
            count += entry.path().extension() == ".sst" ? 1 : 0;
        return count;
    };
    const auto before = files();
    const auto store = open_in(directory.path());
    REQUIRE(store->commit(moving({.changes = 501, .changes_until = {}, .logs = {}, .audit = {}})));
    REQUIRE(store->reclaim());
    CHECK(files() < before);
    CHECK(entries_of(*store, Family::changes).size() == 500);
}

TEST_CASE("floors are written and read back", "[store]") {
    for (const auto& floors :
         {Floors{}, floors_at(3), Floors{.changes = 9, .changes_until = {}, .logs = {}, .audit = {}}})
        CHECK(decode_floors(encode(floors)).value() == floors);
    CHECK(decode_floors("x").error() == Errc::store_damaged);
}

TEST_CASE("a key that is not of its family's form is not hidden", "[store]") {
    const auto floors = floors_at(5);
    for (std::size_t i = 0; i < family_count; ++i) {
        for (const std::string key : {"", "x", "main", "a longer key than any of that family would have"})
            CHECK_FALSE(floors.hide(static_cast<Family>(i), key));
    }
}
