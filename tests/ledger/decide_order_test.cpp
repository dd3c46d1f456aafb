#include "support/builders.hpp"

#include "stockcast/ledger/decide.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

/// What a reader of the API sees of a product.
struct Visible {
    bool deleted = false;
    std::optional<Quantity> available;
    std::vector<std::pair<std::string, Quantity>> warehouses;
    std::string code;
    std::string name;
    Json::Object properties;
    bool operator==(const Visible&) const = default;
};

Visible visible(const Product& product) {
    Visible seen{product.deleted, product.available, {}, product.code, product.name, {}};
    if (product.deleted)
        return {.deleted = true, .available = {}, .warehouses = {}, .code = {}, .name = {}, .properties = {}};
    for (const auto& warehouse : product.warehouses) seen.warehouses.emplace_back(warehouse.id, warehouse.quantity);
    std::ranges::sort(seen.warehouses);
    seen.properties = *parse_json(product.properties)->if_object();
    std::ranges::sort(seen.properties, {}, &Json::Member::first);
    return seen;
}

struct Named {
    std::string name;
    Observation said;
};

/// Calls `visit` with every way to put `size` of `pool` in a row.
void every_order(const std::vector<Named>& pool, std::size_t size,
                 const std::function<void(const std::vector<const Named*>&)>& visit) {
    std::vector<bool> chosen(pool.size());
    std::fill_n(chosen.begin(), size, true);
    do {
        std::vector<const Named*> row;
        for (std::size_t i = 0; i < pool.size(); ++i) {
            if (chosen[i]) row.push_back(&pool[i]);
        }
        do visit(row);
        while (std::ranges::next_permutation(row).found);
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
}

/// By which count an observation is seen: that of its arrival, or the one it was asked for with, however late it comes.
enum class Ticks { by_arrival, by_request };

/// Rows arrive a second apart from 12:00 on.
struct Mirror {
    std::optional<Product> held;
    Instant now = at("12:00");
    SeenTick tick = 100;

    void hear(Observation said) {
        const auto decision = decide(held ? &*held : nullptr, said, now);
        if (decision.exists) held = decision.next;
        if (!decision.exists && decision.next.pending) owed_unknown = true;
    }
    void hear(const std::vector<const Named*>& row, Ticks ticks) {
        for (const auto* named : row) {
            auto said = named->said;
            now = now + std::chrono::seconds{1};
            if (ticks == Ticks::by_arrival) {
                said.seen = tick;
                said.seen_at = now;
            }
            ++tick;
            hear(said);
        }
    }
    /// Reads as the fetcher does, until nothing is owed; at least once.
    void read(Observation answer) {
        for (int attempt = 0; attempt < 4; ++attempt) {
            now = held && held->pending ? std::max(now, held->pending->due) : now + std::chrono::seconds{1};
            answer.seen = tick += 100;
            answer.seen_at = now;
            hear(answer);
            if (!held || !held->pending) return;
        }
    }
    bool is_owed_a_read() const { return owed_unknown || (held && held->pending); }

    bool owed_unknown = false;
};

std::string shown(const std::vector<const Named*>& row) {
    std::string text;
    for (const auto* named : row) text += (text.empty() ? "" : ", ") + named->name;
    return text;
}

ObservationBuilder said(SeenTick tick) {
    return observation().coded("PROD001").seen(tick, "11:59:30");
}

Json text(const char* value) {
    return Json{std::string{value}};
}

/// Everything that SIIGO may send: with stamps and without, whole and partial, late, lagging, equal stamps that
/// contradict.
std::vector<Named> everything() {
    return {
        {"sale to 9", said(11).with_stock(9).as_of("11:50").named("A").properties_as_of("11:00")},
        {"sale to 8",
         said(12).with_stock(8).in_warehouse("1", "x", "8").as_of("11:51").named("A").properties_as_of("11:00")},
        {"another 8.5 of the same moment", said(13).with_stock("8.5").as_of("11:51")},
        {"sale to 7 without a stamp", said(14).with_stock(7)},
        {"no figure", said(15).named("A").with_property("reference", text("R1"))},
        {"rename with a lagging figure", said(16).named("B").properties_as_of("11:52").with_stock(9).as_of("11:50")},
        {"rename without stamps", said(17).named("C").with_property("reference", text("R2")).with_stock(8)},
        {"id and figure alone", observation().seen(18, "11:59:31").with_stock(6).as_of("11:53")},
        {"row with stamps", said(19).by_page().with_stock(9).as_of("11:50").named("A").properties_as_of("11:00")},
        {"row without stamps", said(20).by_page().with_stock(5).named("A")},
        {"forged: ahead of time", said(21).with_stock(1000).as_of("12:04").named("X").properties_as_of("12:04")},
        {"forged: far ahead of time", said(22).with_stock(2000).as_of("2030-01-01")},
        {"absence", observation().by_absence().seen(23, "11:59:32")},
        {"lagging read", said(24).by_read().with_stock(9).as_of("11:50").named("A").properties_as_of("11:00")},
    };
}

}  // namespace

TEST_CASE("in whatever order the same observations come, followed by a read the end is the same", "[ledger]") {
    const Observation found = observation()
                                  .by_read()
                                  .coded("PROD001")
                                  .named("Z")
                                  .with_property("reference", text("RZ"))
                                  .with_stock(4)
                                  .in_warehouse("1", "x", "4");
    const auto stamped = [&] {
        auto answer = found;
        answer.stock_updated = at("11:54");
        answer.last_updated = at("11:55");
        return answer;
    }();
    const Observation gone = observation().by_absence();

    for (const auto& answer : {found, stamped, gone}) {
        Visible expected{.deleted = true, .available = {}, .warehouses = {}, .code = {}, .name = {}, .properties = {}};
        if (answer.origin == Origin::read) expected = visible(decide(nullptr, answer, at("12:00")).next);
        std::size_t rows = 0;
        std::string wrong;
        // Four in a row only with the answer that has no stamps to be placed by: the others fail on three already.
        const auto longest = answer.origin == Origin::read && !answer.stock_updated ? 4U : 3U;
        for (auto size = 3U; size <= longest; ++size) {
            every_order(everything(), size, [&](const auto& row) {
                for (const auto ticks : {Ticks::by_arrival, Ticks::by_request}) {
                    Mirror mirror;
                    mirror.hear(row, ticks);
                    mirror.read(answer);
                    ++rows;
                    const bool is_right = mirror.held ? visible(*mirror.held) == expected && !mirror.held->pending
                                                      : answer.origin == Origin::absence;
                    if (!is_right) wrong = shown(row);
                }
            });
        }
        INFO("last row that ended otherwise");
        CHECK(wrong == "");
        CHECK(rows == 2 * 14 * 13 * 12 * (longest == 4U ? 12 : 1));
    }
}

TEST_CASE("with truthful stamps on all, the end is the same also without a read", "[ledger]") {
    // SIIGO's states one after the other; some are told twice, in other shapes, and some carry the other register's
    // past.
    const std::vector<Named> pool{
        {"stock 10:01",
         said(11).with_stock(9).in_warehouse("1", "x", "9").as_of("10:01").named("A").properties_as_of("10:00")},
        {"stock 10:02, no warehouses", said(12).with_stock(8).as_of("10:02").named("A").properties_as_of("10:00")},
        {"stock 10:03",
         said(13).with_stock(9).in_warehouse("1", "x", "9").as_of("10:03").named("A").properties_as_of("10:00")},
        {"stock 10:03, no warehouses", said(14).with_stock(9).as_of("10:03").named("A").properties_as_of("10:00")},
        {"rename 10:04, lagging stock", said(15).with_stock(8).as_of("10:02").named("B").properties_as_of("10:04")},
        {"rename 10:05",
         said(16).with_stock(9).in_warehouse("1", "x", "9").as_of("10:03").named("C").properties_as_of("10:05")},
        {"row of 10:05", said(17).by_page().with_stock(9).as_of("10:03").named("C").properties_as_of("10:05")},
        {"move 10:06, old name",
         said(18).with_stock(9).in_warehouse("2", "y", "9").as_of("10:06").named("B").properties_as_of("10:04")},
        {"lagging read", said(19).by_read().with_stock(8).as_of("10:02").named("A").properties_as_of("10:00")},
    };
    for (const auto size : {3U, 4U}) {
        std::size_t rows = 0;
        std::string wrong;
        every_order(pool, size, [&](const auto& row) {
            auto sorted = row;
            std::ranges::sort(sorted);
            for (const auto ticks : {Ticks::by_arrival, Ticks::by_request}) {
                Mirror mirror;
                mirror.hear(row, ticks);
                Mirror in_order;
                in_order.hear(sorted, Ticks::by_request);
                ++rows;
                if (visible(*mirror.held) != visible(*in_order.held)) wrong = shown(row);
            }
            Mirror mirror;
            mirror.hear(row, Ticks::by_arrival);
            const auto newest =
                *std::ranges::max_element(row, {}, [](const Named* named) { return named->said.stock_updated; });
            if (mirror.held->available != newest->said.available) wrong = "not the newest figure: " + shown(row);
            const auto latest =
                *std::ranges::max_element(row, {}, [](const Named* named) { return named->said.last_updated; });
            if (Json{mirror.held->name} != *latest->said.properties.find("name"))
                wrong = "not the newest name: " + shown(row);
        });
        CHECK(wrong == "");
        CHECK(rows == 2 * (size == 3 ? 9 * 8 * 7 : 9 * 8 * 7 * 6));
    }
}

TEST_CASE("whatever the order, the end is SIIGO's last state or a read is owed", "[ledger]") {
    // Four states of SIIGO, each told once, each with its stamps or without, by a notification or a row.
    std::size_t rows = 0;
    std::string wrong;
    for (unsigned stamps = 0; stamps < 16; ++stamps) {
        for (unsigned rows_of_pages = 0; rows_of_pages < 16; ++rows_of_pages) {
            std::vector<Named> pool;
            for (unsigned i = 0; i < 4; ++i) {
                const auto time = "11:5" + std::to_string(i);
                auto state = said(11 + i).with_stock(10 - i).named("N" + std::to_string(i));
                if (stamps >> i & 1) state.as_of(time).properties_as_of(time);
                if (rows_of_pages >> i & 1) state.by_page();
                pool.push_back(
                    {std::to_string(i) + (stamps >> i & 1 ? " stamped" : "") + (rows_of_pages >> i & 1 ? " row" : ""),
                     state});
            }
            every_order(pool, 4, [&](const auto& row) {
                Mirror mirror;
                mirror.hear(row, Ticks::by_arrival);
                ++rows;
                const bool is_last = mirror.held->available == Quantity{7} && mirror.held->name == "N3";
                if (!is_last && !mirror.is_owed_a_read()) wrong = shown(row);
            });
        }
    }
    CHECK(wrong == "");
    CHECK(rows == 16 * 16 * 24);
}

}  // namespace stockcast
