#include "support/builders.hpp"

#include "stockcast/ledger/decide.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

const Instant now = at("12:00");
const std::string at_once = "12:00";
const std::string to_confirm = "12:03";

/// 15 as of 10:30, seen an hour ago as number 50.
ProductBuilder held() {
    return product().with_stock(15).as_of("10:30").properties_as_of("09:00").seen(50, "11:00");
}
/// The same, seen a minute ago.
ProductBuilder held_just_now() {
    return held().seen(50, "11:59");
}
/// 15 without a stamp.
ProductBuilder held_unstamped() {
    return product().with_stock(15).seen(50, "11:00");
}
ProductBuilder held_unstamped_just_now() {
    return product().with_stock(15).seen(50, "11:59");
}

struct Row {
    std::string rule;
    Product held;
    Observation said;
    Verdict verdict;
    std::int64_t figure;
    std::string read_due;  ///< empty: none
};

std::string due_of(const Decision& decision) {
    if (!decision.next.pending) return {};
    return decision.next.pending->due.to_iso().substr(11, 5);
}

void check(const Row& row) {
    INFO(row.rule);
    const auto decision = decide(&row.held, row.said, now);
    CHECK(decision.stock == row.verdict);
    CHECK(decision.next.available == Quantity{row.figure});
    CHECK(due_of(decision) == row.read_due);
    CHECK((decision.changes == std::vector{ChangeType::stock_updated}) == (row.verdict == Verdict::applied));
}

}  // namespace

TEST_CASE("a stamped notification is placed by its stamp alone", "[ledger]") {
    const std::vector<Row> rows{
        {"newer wins", held(), observation().with_stock(9).as_of("10:31"), Verdict::applied, 9, ""},
        {"100 ns newer wins", held(), observation().with_stock(9).as_of("10:30:00.0000001"), Verdict::applied, 9, ""},
        {"newer wins, however recent the held is", held_just_now(), observation().with_stock(9).as_of("10:31"),
         Verdict::applied, 9, ""},
        {"newer wins, also when it came first", held(), observation().with_stock(9).as_of("10:31").seen(40, "10:59"),
         Verdict::applied, 9, ""},
        {"older is dropped", held(), observation().with_stock(20).as_of("10:29"), Verdict::stale, 15, ""},
        {"older is dropped, also when it says the same", held(), observation().with_stock(15).as_of("10:29"),
         Verdict::stale, 15, ""},
        {"a duplicate changes nothing", held(), observation().with_stock(15).as_of("10:30"), Verdict::unchanged, 15,
         ""},
        {"newer, and the same", held(), observation().with_stock(15).as_of("10:31"), Verdict::unchanged, 15, ""},
        {"equal stamps that contradict are read", held(), observation().with_stock(9).as_of("10:30"), Verdict::deferred,
         15, to_confirm},
        {"the first figure ever is believed", product(), observation().with_stock(9).as_of("10:00"), Verdict::applied,
         9, ""},
    };
    for (const auto& row : rows) check(row);
}

TEST_CASE("a newer figure that came first leaves the product as lately seen as it was", "[ledger]") {
    const Product known = held();
    const auto newer = decide(&known, observation().with_stock(9).as_of("10:31").seen(40, "10:59"), now);
    CHECK(newer.next.stock_register == Register{at("10:31"), 50, at("11:00"), false});

    const auto page = decide(&newer.next, observation().by_page().with_stock(20).seen(45, "10:59:30"), now);
    CHECK(page.stock == Verdict::stale);  // asked for before the held figure was seen
}

TEST_CASE("without two stamps what contradicts is believed unless something newer was just seen, and always confirmed",
          "[ledger]") {
    const std::vector<Row> rows{
        {"no stamp, nothing seen lately", held(), observation().with_stock(9), Verdict::applied, 9, to_confirm},
        {"no stamp, a stamped one just seen", held_just_now(), observation().with_stock(9), Verdict::deferred, 15,
         to_confirm},
        {"no stamp, a stamped one seen not quite three minutes ago", held().seen(50, "11:57:00.001"),
         observation().with_stock(9), Verdict::deferred, 15, to_confirm},
        {"no stamp, a stamped one seen three minutes ago", held().seen(50, "11:57"), observation().with_stock(9),
         Verdict::applied, 9, to_confirm},
        {"no stamp, and the same", held_just_now(), observation().with_stock(15), Verdict::unchanged, 15, ""},
        {"neither has one: the order of arrival", held_unstamped_just_now(), observation().with_stock(9),
         Verdict::applied, 9, to_confirm},
        {"neither has one, and it came before the held", held_unstamped(),
         observation().with_stock(9).seen(40, "10:59"), Verdict::deferred, 15, to_confirm},
        {"the held has none: a stamp after it was seen is newer", held_unstamped(),
         observation().with_stock(9).as_of("11:30"), Verdict::applied, 9, ""},
        {"the held has none: a stamp before it was seen", held_unstamped(), observation().with_stock(9).as_of("10:30"),
         Verdict::applied, 9, to_confirm},
    };
    for (const auto& row : rows) check(row);
}

TEST_CASE("a stamp too far ahead of our clock is no stamp", "[ledger]") {
    check({"five minutes ahead is trusted", held_just_now(), observation().with_stock(9).as_of("12:05"),
           Verdict::applied, 9, ""});
    check({"beyond, it contradicts as one without", held_just_now(), observation().with_stock(9).as_of("12:05:00.1"),
           Verdict::deferred, 15, to_confirm});

    const auto believed = decide(&held().build(), observation().with_stock(9).as_of("2031-01-01"), now);
    CHECK(believed.stock == Verdict::applied);
    CHECK(believed.next.stock_register.stamp == at("10:30"));
}

TEST_CASE("a polled row contradicts only what was seen before it was asked for", "[ledger]") {
    const std::vector<Row> rows{
        {"newer stamp", held(), observation().by_page().with_stock(9).as_of("10:31"), Verdict::applied, 9, ""},
        {"older stamp: the API lags, or the held stamp is wrong", held_just_now(),
         observation().by_page().with_stock(20).as_of("10:29"), Verdict::deferred, 15, to_confirm},
        {"older stamp, and the same", held(), observation().by_page().with_stock(15).as_of("10:29"), Verdict::stale, 15,
         ""},
        {"older stamp, asked for before", held(),
         observation().by_page().with_stock(20).as_of("10:29").seen(40, "10:59"), Verdict::stale, 15, ""},
        {"no stamp, asked for before", held(), observation().by_page().with_stock(20).seen(40, "10:59"), Verdict::stale,
         15, ""},
        {"no stamp, a webhook just seen", held_just_now(), observation().by_page().with_stock(20), Verdict::deferred,
         15, to_confirm},
        {"no stamp, nothing seen lately", held(), observation().by_page().with_stock(20), Verdict::applied, 20,
         to_confirm},
        {"no stamp, only another poll just seen", held_just_now().polled(), observation().by_page().with_stock(20),
         Verdict::applied, 20, to_confirm},
        {"no stamp at all, only another poll just seen", held_unstamped_just_now().polled(),
         observation().by_page().with_stock(20), Verdict::applied, 20, to_confirm},
        {"equal stamps", held(), observation().by_page().with_stock(20).as_of("10:30"), Verdict::deferred, 15,
         to_confirm},
        {"equal stamps, asked for before", held(),
         observation().by_page().with_stock(20).as_of("10:30").seen(40, "10:59"), Verdict::stale, 15, ""},
        {"a row without a figure causes no read", held(), observation().by_page().named("Producto Ejemplo"),
         Verdict::unsaid, 15, ""},
    };
    for (const auto& row : rows) {
        INFO(row.rule);
        const auto decision = decide(&row.held, row.said, now);
        CHECK(decision.stock == row.verdict);
        CHECK(decision.next.available == Quantity{row.figure});
        CHECK(due_of(decision) == row.read_due);
    }
}

TEST_CASE("a read is the authority once nothing newer was just seen, or when the owed one is due", "[ledger]") {
    const auto owed = [](ProductBuilder product) { return product.awaiting_read("12:00", 60); };
    const std::vector<Row> rows{
        {"nothing seen lately: wins over a newer stamp", held(), observation().by_read().with_stock(20).as_of("10:29"),
         Verdict::applied, 20, ""},
        {"nothing seen lately: needs no stamp", held(), observation().by_read().with_stock(20), Verdict::applied, 20,
         ""},
        {"equal stamps: what was read later wins", held_just_now(),
         observation().by_read().with_stock(20).as_of("10:30"), Verdict::applied, 20, ""},
        {"only a poll just seen: wins without a stamp", held_just_now().polled(),
         observation().by_read().with_stock(20), Verdict::applied, 20, ""},
        {"only a poll just seen, with a newer stamp: the API answers from two places", held_just_now().polled(),
         observation().by_read().with_stock(20).as_of("10:29"), Verdict::deferred, 15, to_confirm},
        {"a webhook just seen: the API may lag", held_just_now(), observation().by_read().with_stock(20).as_of("10:29"),
         Verdict::deferred, 15, to_confirm},
        {"the owed read: wins whatever its stamp", owed(held_just_now()),
         observation().by_read().with_stock(20).as_of("10:29"), Verdict::applied, 20, ""},
        {"the owed read, and the same: settled", owed(held_just_now()), observation().by_read().with_stock(15),
         Verdict::unchanged, 15, ""},
        {"owed later: not yet", held_just_now().awaiting_read("12:02", 60), observation().by_read().with_stock(20),
         Verdict::deferred, 15, "12:02"},
        {"owed at a time that our clock was turned back from: due", held_just_now().awaiting_read("17:00", 60),
         observation().by_read().with_stock(20), Verdict::applied, 20, ""},
        {"sent before a webhook was seen: asked again", owed(held_just_now().seen(101, "11:59")),
         observation().by_read().with_stock(20).as_of("10:29"), Verdict::stale, 15, "12:00"},
        {"sent before the last doubt: wins, and is asked again", held_just_now().awaiting_read("12:00", 101),
         observation().by_read().with_stock(20), Verdict::applied, 20, "12:00"},
    };
    for (const auto& row : rows) check(row);

    SECTION("and resets the register") {
        const Product product = owed(held_just_now());
        const auto stamped = decide(&product, observation().by_read().with_stock(20).as_of("10:29"), now);
        CHECK(stamped.next.stock_register == Register{at("10:29"), 100, at("12:00"), true});
        const auto unstamped = decide(&product, observation().by_read().with_stock(20), now);
        CHECK(unstamped.next.stock_register == Register{std::nullopt, 100, at("12:00"), true});
    }
    SECTION("but one that agrees without a stamp leaves it, so that late notifications stay late") {
        const Product product = owed(held_just_now());
        const auto agreed = decide(&product, observation().by_read().with_stock(15), now);
        CHECK(agreed.next.stock_register == Register{at("10:30"), 100, at("12:00"), true});
    }
    SECTION("an overtaken one is asked again a little later, by a request sent after what overtook it") {
        const Product product = owed(held_just_now().seen(101, "11:59"));
        const auto overtaken = decide(&product, observation().by_read().with_stock(20), now);
        CHECK(overtaken.next.pending == PendingRead{at("12:00:05"), 101});
    }
}

TEST_CASE("a forged stamp does not freeze a product", "[ledger]") {
    const Product before = held();
    auto product = decide(&before, observation().with_stock(1).as_of("12:04"), now).next;
    CHECK(product.available == Quantity{1});
    CHECK(decide(&product, observation().with_stock(14).as_of("12:01").seen(101, "12:01"), at("12:01")).stock ==
          Verdict::stale);

    product =
        decide(&product, observation().by_page().with_stock(14).as_of("12:01").seen(102, "12:02"), at("12:02")).next;
    REQUIRE(product.pending);
    CHECK(product.pending->due == at("12:05"));
    product =
        decide(&product, observation().by_read().with_stock(14).as_of("12:01").seen(103, "12:05"), at("12:05")).next;
    CHECK(product.available == Quantity{14});
    CHECK(product.stock_register.stamp == at("12:01"));
    CHECK_FALSE(product.pending);
}

TEST_CASE("a confirming read is due after the first contradiction, however many follow", "[ledger]") {
    Product product = held_just_now();
    for (const auto* minute : {"12:00", "12:01", "12:02"}) {
        const auto tick = product.pending ? product.pending->asked + 1 : 100;
        product = decide(&product, observation().by_page().with_stock(20).seen(tick, minute), at(minute)).next;
    }
    CHECK(product.pending == PendingRead{at("12:03"), 102});
}

TEST_CASE("a missing quantity is never zero: the product is read at once, its stock stays as it is", "[ledger]") {
    const Product known = held();
    const auto decision = decide(&known, observation().named("Producto Ejemplo").as_of("11:59"), now);
    CHECK(decision.stock == Verdict::unsaid);
    CHECK(decision.next.available == Quantity{15});
    CHECK(decision.next.stock_register == known.stock_register);
    CHECK(due_of(decision) == at_once);

    SECTION("brings a read that is owed later forward") {
        const Product waiting = held().awaiting_read("12:02", 90);
        CHECK(decide(&waiting, observation(), now).next.pending == PendingRead{at("12:00"), 100});
    }
    SECTION("a service has none to be read") {
        const Product service = held().with_property("type", std::string{"service"});
        CHECK_FALSE(decide(&service, observation(), now).next.pending);
    }
    SECTION("nor has a product without stock control") {
        const Product uncounted = held();
        CHECK_FALSE(decide(&uncounted, observation().with_property("stock_control", false), now).next.pending);
    }
}

TEST_CASE("a test is believed at once and read at once", "[ledger]") {
    const Product known = held_just_now();
    const auto decision = decide(&known, observation().from(Source::test).with_stock(99), now);
    CHECK(decision.stock == Verdict::applied);
    CHECK(decision.next.available == Quantity{99});
    CHECK(decision.next.synced_at == known.synced_at);
    CHECK(decision.next.pending == PendingRead{at("12:00"), 100});

    const auto back =
        decide(&decision.next, observation().by_read().with_stock(15).as_of("10:30").seen(101, "12:00"), now);
    CHECK(back.next.available == Quantity{15});
    CHECK_FALSE(back.next.pending);
}

TEST_CASE("a test with an old stamp lets no late notification in behind it", "[ledger]") {
    const Product known = held();
    const auto tested = decide(&known, observation().from(Source::test).with_stock(99).as_of("10:00"), now);
    CHECK(tested.next.available == Quantity{99});
    CHECK(tested.next.stock_register.stamp == at("10:30"));

    const auto late = decide(&tested.next, observation().with_stock(20).as_of("10:20").seen(101, "12:00"), now);
    CHECK(late.stock == Verdict::stale);
}

TEST_CASE("a replay is placed as a late notification", "[ledger]") {
    check({"older", held(), observation().from(Source::replay).with_stock(1).as_of("10:00"), Verdict::stale, 15, ""});
}

TEST_CASE("warehouses are part of the stock statement", "[ledger]") {
    const Product product = held().in_warehouse("1270", "Principal", "10").in_warehouse("1", "Norte", "5");

    SECTION("a move between them is a change of stock, with the same figure before and after") {
        const auto moved = decide(&product,
                                  observation()
                                      .with_stock(15)
                                      .in_warehouse("1270", "Principal", "8")
                                      .in_warehouse("1", "Norte", "7")
                                      .as_of("10:31"),
                                  now);
        CHECK(moved.changes == std::vector{ChangeType::stock_updated});
        CHECK(moved.warehouses == std::vector<WarehouseChange>{{"1270", "Principal", quantity("10"), quantity("8")},
                                                               {"1", "Norte", quantity("5"), quantity("7")}});
        CHECK_FALSE(moved.sum_differs);
    }
    SECTION("only those that changed are named; one that is gone has no figure any more") {
        const auto gone = decide(
            &product, observation().with_stock(10).in_warehouse("1270", "Principal", "10.0").as_of("10:31"), now);
        CHECK(gone.warehouses == std::vector<WarehouseChange>{{"1", "Norte", quantity("5"), std::nullopt}});
    }
    SECTION("the figure counts where their sum differs") {
        const auto odd =
            decide(&product, observation().with_stock(12).in_warehouse("1", "Norte", "7").as_of("10:31"), now);
        CHECK(odd.next.available == Quantity{12});
        CHECK(odd.sum_differs);
    }
    SECTION("another order, another name of theirs is no change") {
        const auto same = decide(&product,
                                 observation()
                                     .with_stock(15)
                                     .in_warehouse("1", "Bodega Norte", "5")
                                     .in_warehouse("1270", "Principal", "10")
                                     .as_of("10:31"),
                                 now);
        CHECK(same.stock == Verdict::unchanged);
        CHECK(same.next.warehouses.front().name == "Bodega Norte");
    }
    SECTION("what a newer word leaves unsaid of them is unknown from then on") {
        const auto unsaid = decide(&product, observation().with_stock(15).as_of("10:31"), now);
        CHECK(unsaid.next.warehouses.empty());
        CHECK(unsaid.changes == std::vector{ChangeType::stock_updated});
    }
    SECTION("a word of the same moment adds them or leaves them") {
        CHECK(decide(&product, observation().with_stock(15).as_of("10:30"), now).next.warehouses == product.warehouses);
        const Product bare = held();
        const auto added =
            decide(&bare, observation().with_stock(15).in_warehouse("1", "Norte", "15").as_of("10:30"), now);
        CHECK(added.stock == Verdict::applied);
        CHECK(added.next.warehouses.size() == 1);
        CHECK_FALSE(added.next.pending);
    }
}

}  // namespace stockcast
