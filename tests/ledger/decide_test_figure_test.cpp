// A test's figure, and its way out again.
#include "support/builders.hpp"

#include "stockcast/ledger/decide.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace stockcast {
namespace {

using namespace test;

const Instant now = at("12:00");

Product held() {
    return product().with_stock(15).in_warehouse("1270", "Bodega", "15").as_of("10:30").seen(50, "11:00");
}

Observation tested(std::int64_t figure) {
    return observation().from(Source::test).with_stock(figure).caused_by(log_id(7));
}

Observation withdrawn() {
    Observation said = observation().from(Source::test).seen(200, "12:00");
    said.origin = Origin::withdrawal;
    return said;
}

/// All but what notes that the product was heard of, and the read that is owed.
Product as_shown(Product product) {
    product.existence_register = {};
    product.pending.reset();
    return product;
}

}  // namespace

TEST_CASE("a test keeps what it displaces, and of several tests the first does", "[ledger]") {
    const auto before = held();
    const auto once = decide(&before, tested(99), now).next;
    CHECK(once.available == quantity("99"));
    CHECK(once.warehouses.empty());
    REQUIRE(once.test);
    CHECK(once.test->cause == log_id(7));
    CHECK(once.test->available == quantity("15"));
    CHECK(once.pending);
    const auto twice = decide(&once, tested(100), now).next;
    CHECK(twice.test == once.test);
}

TEST_CASE("a withdrawal leaves the product as if the test had never been", "[ledger]") {
    const auto before = held();
    const auto during = decide(&before, tested(99), now).next;
    const auto after = decide(&during, withdrawn(), now);
    CHECK(after.changes == std::vector{ChangeType::stock_updated});
    CHECK(after.changed_record);
    REQUIRE(after.warehouses.size() == 1);
    CHECK(after.warehouses.front().new_stock == quantity("15"));
    CHECK(as_shown(after.next) == as_shown(before));
    CHECK(after.next.pending);  // SIIGO is still asked

    const auto again = decide(&after.next, withdrawn(), now);
    CHECK(again.changes.empty());
    CHECK_FALSE(again.changed_record);
}

TEST_CASE("a test of the very figure that is held leaves nothing to put back", "[ledger]") {
    const Product before = product().with_stock(15).as_of("10:30").seen(50, "11:00");
    const auto during = decide(&before, tested(15), now);
    CHECK(during.changes.empty());
    const auto after = decide(&during.next, withdrawn(), now);
    CHECK(after.changes.empty());
    CHECK(as_shown(after.next) == as_shown(before));
}

TEST_CASE("SIIGO's own word ends a test, whatever it says", "[ledger]") {
    const auto before = held();
    const auto during = decide(&before, tested(99), now).next;
    struct Row {
        const char* what;
        Observation said;
        const char* figure;
    };
    const Row rows[] = {
        {"a sale", observation().with_stock(14).as_of("10:31").seen(150, "12:00"), "14"},
        {"a sale to the test's figure", observation().with_stock(99).as_of("10:31").seen(150, "12:00"), "99"},
        {"a read", observation().by_read().with_stock(12).seen(150, "12:00"), "12"},
        {"a read without a figure", observation().by_read().named("Servicio").seen(150, "12:00"), "15"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const auto after = decide(&during, row.said, now).next;
        CHECK(after.available == quantity(row.figure));
        CHECK_FALSE(after.test);
        CHECK(decide(&after, withdrawn(), now).changes.empty());
    }
    // What is older than the figure before the test says nothing about it.
    const auto late = decide(&during, observation().with_stock(20).as_of("10:29").seen(150, "12:00"), now).next;
    CHECK(late.test);
    CHECK(decide(&late, withdrawn(), now).next.available == quantity("15"));
}

TEST_CASE("a made-up product goes with its test, a known one never does", "[ledger]") {
    const auto made_up = decide(nullptr, observation().from(Source::test).coded("X").with_stock(1), now).next;
    REQUIRE(made_up.made_up);
    const auto gone = decide(&made_up, withdrawn(), now);
    CHECK(gone.changes == std::vector{ChangeType::product_deleted});
    CHECK(gone.next.deleted);
    CHECK_FALSE(gone.next.test);

    const auto found = decide(&made_up, observation().by_read().coded("X").with_stock(5).seen(150, "12:00"), now).next;
    CHECK_FALSE(found.made_up);
    CHECK(decide(&found, withdrawn(), now).changes.empty());
    CHECK_FALSE(decide(nullptr, withdrawn(), now).exists);
}

}  // namespace stockcast
