#include "sync/page_walk.hpp"

#include "support/seeded_random.hpp"
#include "sync/listing.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>

using namespace stockcast;
using namespace stockcast::test;

namespace {

constexpr unsigned page_size = 50;

/// Walks to the end; `before(request)` may change the listing before the n-th request (from 1). Returns the requests.
unsigned walk_through(PageWalk& walk, Listing& listing, const std::function<void(unsigned)>& before = {},
                      bool says_total = true) {
    unsigned requests = 0;
    while (const auto page = walk.next_page()) {
        REQUIRE(requests < 10'000);
        if (before)
            before(++requests);
        else
            ++requests;
        walk.take(listing.page(*page, page_size, says_total));
    }
    return requests;
}

std::size_t unseen(const PageWalk& walk, const Listing& listing) {
    return static_cast<std::size_t>(std::count_if(listing.all().begin(), listing.all().end(),
                                                  [&](const ProductId& id) { return !walk.seen().contains(id); }));
}

}  // namespace

TEST_CASE("a quiet listing is read in the fewest pages", "[sync]") {
    struct Row {
        std::uint64_t products;
        unsigned requests;
    };
    for (const auto& [products, requests] :
         {Row{0, 1}, {1, 1}, {49, 1}, {50, 1}, {51, 2}, {589, 12}, {600, 12}, {601, 13}}) {
        CAPTURE(products);
        Listing listing{products};
        PageWalk walk{SyncKind::full, page_size};
        CHECK(walk_through(walk, listing) == requests);
        CHECK(walk.seen().size() == products);
        CHECK(walk.shortfall() == 0);
    }
}

TEST_CASE("where SIIGO says no total, the walk goes on until a short or empty page", "[sync]") {
    for (const auto& [products, requests] :
         std::map<std::uint64_t, unsigned>{{0, 1}, {49, 1}, {50, 2}, {589, 12}, {600, 13}}) {
        CAPTURE(products);
        Listing listing{products};
        PageWalk walk{SyncKind::full, page_size};
        CHECK(walk_through(walk, listing, {}, /*says_total=*/false) == requests);
        CHECK(unseen(walk, listing) == 0);
    }
}

TEST_CASE("a product deleted while paging costs one page more and hides no other", "[sync]") {
    for (const unsigned before_request : {2U, 5U, 12U}) {
        for (const std::size_t position : {0U, 49U, 50U, 60U, 500U}) {
            CAPTURE(before_request, position);
            Listing listing{589};
            PageWalk walk{SyncKind::full, page_size};
            const auto requests = walk_through(walk, listing, [&](unsigned request) {
                if (request == before_request) listing.remove_position(position);
            });
            CHECK(unseen(walk, listing) == 0);
            CHECK(requests <= 13);
        }
    }
}

TEST_CASE("a product created while paging is seen too, and the row it pushes back is seen once", "[sync]") {
    for (const unsigned before_request : {2U, 6U, 12U}) {
        CAPTURE(before_request);
        Listing listing{589};
        PageWalk walk{SyncKind::full, page_size};
        const auto requests = walk_through(walk, listing, [&](unsigned request) {
            if (request == before_request) listing.create();
        });
        CHECK(unseen(walk, listing) == 0);
        CHECK(walk.seen().size() == 590);
        CHECK(requests == 13);  // the first page once more
    }
}

TEST_CASE("a page more deleted than a page holds is walked back as far as rows moved", "[sync]") {
    Listing listing{400};
    PageWalk walk{SyncKind::full, page_size};
    walk_through(walk, listing, [&](unsigned request) {
        if (request == 5)
            for (int i = 0; i < 120; ++i) listing.remove_position(0);
    });
    CHECK(unseen(walk, listing) == 0);
}

TEST_CASE("a listing that says more than it lists is walked once more, and the rest is told as a shortfall", "[sync]") {
    Listing listing{100};
    PageWalk walk{SyncKind::full, page_size};
    unsigned requests = 0;
    while (const auto page = walk.next_page()) {
        REQUIRE(++requests < 100);
        auto taken = listing.page(*page, page_size);
        taken.total = 103;
        walk.take(taken);
    }
    CHECK(walk.shortfall() == 3);
    CHECK(requests == 6);  // twice two full pages and the empty one that ends them
}

TEST_CASE("a server that repeats its first page for ever is not followed for ever", "[sync]") {
    for (const bool says_total : {true, false}) {
        CAPTURE(says_total);
        Listing listing{589};
        PageWalk walk{SyncKind::full, page_size};
        unsigned requests = 0;
        while (walk.next_page()) {
            REQUIRE(++requests < 100);
            walk.take(listing.page(1, page_size, says_total));
        }
        CHECK(walk.seen().size() == page_size);
    }
}

TEST_CASE("pages smaller than asked for are followed by the rows that came", "[sync]") {
    Listing listing{110};
    PageWalk walk{SyncKind::full, page_size};
    unsigned requests = 0;
    while (const auto page = walk.next_page()) {
        REQUIRE(++requests < 100);
        walk.take(listing.page(*page, 25));
    }
    CHECK(requests == 5);
    CHECK(unseen(walk, listing) == 0);
}

TEST_CASE("rows that can't be read count as listed", "[sync]") {
    Listing listing{60};
    PageWalk walk{SyncKind::full, page_size};
    unsigned requests = 0;
    while (const auto page = walk.next_page()) {
        ++requests;
        auto taken = listing.page(*page, page_size);
        if (*page == 1) taken.ids.pop_back();
        walk.take(taken);
    }
    CHECK(requests == 2);
    CHECK(walk.shortfall() == 0);
}

TEST_CASE("after a break the last page is read once more, however often it breaks", "[sync]") {
    Listing listing{589};
    PageWalk walk{SyncKind::full, page_size};
    for (unsigned page = 1; page <= 4; ++page) walk.take(listing.page(*walk.next_page(), page_size));
    walk.step_back();
    CHECK(walk.next_page() == 4U);
    walk.step_back();
    CHECK(walk.next_page() == 4U);

    const auto requests = walk_through(walk, listing);
    CHECK(requests == 9);  // pages 4 to 12
    CHECK(walk.seen().size() == 589);
}

TEST_CASE("whatever single products come and go while paging, no product that stays is left unseen", "[sync]") {
    const auto seed = GENERATE(range(1U, 200U));
    CAPTURE(seed);
    SeededRandom random{seed};
    Listing listing{300 + random.below(300)};
    PageWalk walk{SyncKind::full, page_size};
    const auto at_the_start = listing.all();
    walk_through(walk, listing, [&](unsigned request) {
        if (request > 30) return;  // it does end some time
        if (random.below(3) == 0)
            listing.create();
        else if (random.below(2) == 0)
            listing.remove_position(random.below(listing.size()));
    });
    const auto& now = listing.all();
    std::size_t lost = 0;
    for (const auto& id : at_the_start)
        if (std::find(now.begin(), now.end(), id) != now.end() && !walk.seen().contains(id)) ++lost;
    CHECK(lost == 0);
}
