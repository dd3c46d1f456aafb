#include "durability/scenarios.hpp"

#include "durability/shop.hpp"

#include <array>

namespace stockcast::test {
namespace {

using namespace std::chrono_literals;

void no_store(Life&) {}

void new_store(Life& life) {
    life.open();
}

/// Three files of each family, a step before a compaction, and something that only the log holds.
void used_store(Life& life) {
    life.open();
    for (int file = 0; file < 3; ++file) {
        for (int n = 0; n < 4; ++n) life.record_change();
        life.write(20, 200);
        life.checkpoint();
    }
    life.write(10, 200);
}

void closed_store(Life& life) {
    used_store(life);
    life.close();
}

void commit_some(Life& life, int times) {
    for (int n = 0; n < times; ++n) life.write(3, 100);
}

void flush_and_go_on(Life& life) {
    commit_some(life, 2);
    life.checkpoint();
    commit_some(life, 2);
}

void fill_memtables(Life& life) {
    for (int n = 0; n < 8; ++n) life.write(4, 80'000);
}

void compact(Life& life) {
    for (int n = 0; n < 3; ++n) flush_and_go_on(life);
}

void let_changes_go(Life& life) {
    for (int n = 0; n < 5; ++n) life.record_change();
    life.let_go(4);
    life.checkpoint();
    life.let_go(1);
    for (int n = 0; n < 2; ++n) life.record_change();
}

void restart(Life& life) {
    life.close();
    life.open();
    commit_some(life, 1);
}

void run_out_of_room(Life& life) {
    commit_some(life, 1);
    life.disk().set_free_bytes(0);
    restart(life);
    life.disk().set_free_bytes(std::nullopt);
    commit_some(life, 2);
    life.checkpoint();
}

/// A ledger on the store of that life, where the disk lets it begin.
template <class Do>
void as_shop(Life& life, Do what) {
    if (!life.is_open()) return;
    try {
        Shop shop{life.shadowed(), life.random().next()};
        what(shop);
    } catch (const StoreRefused&) {
        return;  // it can't be read now: the server would not start
    }
}

void open_shop(Life& life) {
    life.leave_to_a_ledger();
    life.open();
    as_shop(life, [](Shop& shop) {
        for (std::uint64_t n = 1; n <= 12; ++n) shop.sell(n, 100).value();
        shop.administer(1).value();
    });
    life.checkpoint();
}

void sell_one_by_one(Life& life) {
    as_shop(life, [](Shop& shop) {
        for (std::uint64_t n = 1; n <= 6; ++n) (void)shop.sell(n, 90);
        (void)shop.sync(3, 80);
        (void)shop.administer(2);
    });
}

void sell_together(Life& life) {
    as_shop(life, [](Shop& shop) {
        shop.sell_together(1, 40, 70);
        shop.sell_together(1, 20, 60);
    });
}

void forget_old_sales(Life& life) {
    as_shop(life, [](Shop& shop) {
        shop.sell_together(1, 8, 50);
        (void)shop.let_go(5s);
        (void)shop.sell(1, 40);
        (void)shop.let_go(0s);
        (void)shop.sell(2, 30);
    });
}

void shop_through_restarts(Life& life) {
    sell_one_by_one(life);
    life.close();
    life.open();
    sell_together(life);
    life.checkpoint();
    sell_one_by_one(life);
}

constexpr std::array all{
    Scenario{"a store is made", no_store, [](Life& life) { life.open(); }},
    Scenario{"a store is made and written", no_store, [](Life& life) { life.open(), flush_and_go_on(life); }},
    Scenario{"one small commit", new_store, [](Life& life) { life.write(1, 10); }},
    Scenario{"commits one after the other", new_store, [](Life& life) { commit_some(life, 10); }},
    Scenario{"a commit of many entries", new_store, [](Life& life) { life.write(2'000, 40); }},
    Scenario{"a commit in several pieces", new_store, [](Life& life) { life.write(4, 1'500'000), life.write(1, 10); }},
    Scenario{"a checkpoint amid commits", new_store, flush_and_go_on},
    Scenario{"checkpoints one after the other", used_store,
             [](Life& life) {
                 for (int n = 0; n < 4; ++n) life.checkpoint();
             }},
    Scenario{"memtables that fill", new_store, fill_memtables},
    Scenario{"flushes and a compaction", used_store, compact},
    Scenario{"memtables that fill a used store", used_store, [](Life& life) { fill_memtables(life), restart(life); }},
    Scenario{"retention", used_store, let_changes_go},
    Scenario{"retention over restarts", used_store, [](Life& life) { let_changes_go(life), restart(life); }},
    Scenario{"a restart with a log", closed_store, [](Life& life) { life.open(), commit_some(life, 1); }},
    Scenario{"restarts one after the other", used_store, [](Life& life) { restart(life), restart(life); }},
    Scenario{"a restart, then a checkpoint", closed_store, [](Life& life) { restart(life), flush_and_go_on(life); }},
    Scenario{"no room, and room again", used_store, run_out_of_room},
    Scenario{"notifications one by one", open_shop, sell_one_by_one},
    Scenario{"notifications that share commits", open_shop, sell_together},
    Scenario{"the ledger's retention", open_shop, forget_old_sales},
    Scenario{"a shop through restarts", open_shop, shop_through_restarts},
    Scenario{"reading all, by who can't read", used_store, [](Life& life) { life.read_all(); }, true},
    Scenario{"reading every file, by who can't read", used_store, [](Life& life) { life.check_files(); }, true},
    Scenario{"opening, by who can't read", closed_store, [](Life& life) { life.open(), life.read_all(); }, true},
    Scenario{"writing, by who can't read", used_store, [](Life& life) { compact(life), let_changes_go(life); }, true},
    Scenario{"selling, by who can't read", open_shop, shop_through_restarts, true},
};

}  // namespace

std::span<const Scenario> scenarios() {
    return all;
}

}  // namespace stockcast::test
