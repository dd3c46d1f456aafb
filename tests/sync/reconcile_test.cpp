#include "sync/reconcile.hpp"

#include "support/builders.hpp"
#include "support/memory_store.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;

namespace {

std::vector<ProductId> ids(std::uint64_t first, std::uint64_t last) {
    std::vector<ProductId> all;
    for (auto n = first; n <= last; ++n) all.push_back(product_id(n));
    return all;
}

void hold(MemoryStore& store, const Product& product) {
    Batch batch;
    batch.put(Family::products, keys::product(product.company, product.id), records::encode(product));
    REQUIRE(store.commit(batch));
}

}  // namespace

TEST_CASE("missing are the products held that a pass neither saw nor heard of since it began", "[sync]") {
    MemoryStore store;
    hold(store, product().numbered(1).seen(5, "10:00"));            // seen by the pass
    hold(store, product().numbered(2).seen(5, "10:00"));            // missing
    hold(store, product().numbered(3).seen(25, "11:00"));           // a webhook told of it meanwhile
    hold(store, product().numbered(4).seen(5, "10:00").deleted());  // gone already
    hold(store, product().numbered(5).seen(5, "10:00"));            // missing
    hold(store, product().numbered(6).seen(5, "10:00").of_company("other"));
    ProductIdSet seen;
    seen.add({product_id(1)});

    for (const std::size_t slice_size : {1U, 2U, 100U}) {
        CAPTURE(slice_size);
        std::vector<ProductId> missing;
        std::uint64_t held = 0;
        std::string from;
        unsigned slices = 0;
        do {
            REQUIRE(++slices < 10);
            const auto slice = find_missing(store, "main", from, seen, /*pass_began=*/20, slice_size);
            REQUIRE(slice);
            missing.insert(missing.end(), slice->missing.begin(), slice->missing.end());
            held += slice->held;
            from = slice->next;
        } while (!from.empty());
        CHECK(missing == std::vector{product_id(2), product_id(5)});
        CHECK(held == 4);
    }
}

TEST_CASE("a few missing products are confirmed straight away, many only when two full passes say the same", "[sync]") {
    struct Row {
        std::uint64_t held;
        std::vector<ProductId> missing;
        std::vector<ProductId> suspected;
        std::size_t confirm;
        std::size_t suspects;
        bool many;
    };
    const std::vector<Row> rows{
        {589, {}, {}, 0, 0, false},
        {589, ids(1, 10), {}, 10, 0, false},                // up to ten
        {20, ids(1, 10), {}, 10, 0, false},                 // however few there are
        {589, ids(1, 17), {}, 17, 0, false},                // up to 3 %
        {589, ids(1, 18), {}, 0, 18, false},                // more: wait for the second pass
        {589, ids(1, 589), {}, 0, 589, false},              // all of them
        {589, ids(1, 300), ids(1, 300), 300, 0, true},      // the second pass agrees
        {589, ids(1, 300), ids(101, 300), 200, 100, true},  // only as far as it agrees
        {589, ids(1, 300), ids(6, 300), 300, 0, true},      // the few others go the way of a few
        {589, ids(1, 300), ids(301, 500), 0, 300, false},   // it says something else
        {589, ids(1, 5), ids(1, 300), 5, 0, false},         // the trouble is over
    };
    for (const auto& row : rows) {
        CAPTURE(row.held, row.missing.size(), row.suspected.size());
        const auto verdict = judge_missing(row.held, row.missing, row.suspected);
        CHECK(verdict.confirm.size() == row.confirm);
        CHECK(verdict.suspects.size() == row.suspects);
        CHECK(verdict.many == row.many);
    }
}

TEST_CASE("no product counts as gone when a row of the answer could not be read", "[sync]") {
    const auto asked = ids(1, 3);
    siigo::ProductPage page;
    page.rows = {observation().about(2)};
    page.rows_total = 1;
    CHECK(absences(asked, page).gone == std::vector{product_id(1), product_id(3)});
    CHECK_FALSE(absences(asked, page).unclear);

    page.rows_total = 2;
    CHECK(absences(asked, page).gone.empty());
    CHECK(absences(asked, page).unclear);
}

TEST_CASE("the set of seen ids counts each once", "[sync]") {
    ProductIdSet set;
    CHECK(set.add(ids(10, 20)) == 11);
    CHECK(set.add(ids(15, 25)) == 5);
    CHECK(set.add({product_id(1), product_id(1)}) == 1);
    CHECK(set.size() == 17);
    CHECK(set.contains(product_id(25)));
    CHECK_FALSE(set.contains(product_id(2)));
}
