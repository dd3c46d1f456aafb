#include "sim/siigo_in_a_box.hpp"

#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace stockcast;
using namespace stockcast::sim;
using namespace stockcast::sim::test;
using namespace std::chrono_literals;

namespace {

/// Everything that a day of trade leaves behind.
std::string after_a_day(std::uint64_t seed, int steps) {
    SiigoInABox siigo{120, seed};
    siigo.subscribe_all();
    for (int i = 0; i < steps; ++i) {
        siigo.clock.advance(siigo.trade.gap(60));
        siigo.trade.step(siigo.moment(), 0.2);
    }
    std::string all = siigo.command("products").body;
    for (const auto& letter : siigo.outbox.letters) all += letter.body;
    return all;
}

}  // namespace

TEST_CASE("the shop's products keep SIIGO's rules of codes and sums", "[sim]") {
    SiigoInABox siigo{3000};
    std::set<std::string> codes, ids;
    for (const Slot slot : siigo.company.by_creation()) {
        const Item& item = *siigo.company.find(slot);
        CHECK(Company::is_code(item.code));
        codes.insert(item.code);
        ids.insert(item.id.to_string());
        Quantity sum;
        for (const auto& shelf : item.figures.shelves) sum = add(sum, shelf.quantity).value();
        CHECK(sum == item.figures.available);
        CHECK(item.created < siigo.clock.wall());
        if (!item.stock_control) CHECK(item.figures.shelves.empty());
        if (const auto touched = item.touched()) CHECK((*touched >= item.created && *touched <= siigo.clock.wall()));
    }
    CHECK(codes.size() == 3000);
    CHECK(ids.size() == 3000);
}

TEST_CASE("the shop has every kind of product that SIIGO may show", "[sim]") {
    SiigoInABox siigo{589};
    unsigned services = 0, combos = 0, inactive = 0, fractional = 0, negative = 0, unassigned = 0, unmoved = 0;
    for (const Slot slot : siigo.company.by_creation()) {
        const Item& item = *siigo.company.find(slot);
        services += item.type == ItemType::service;
        combos += item.type == ItemType::combo && item.components.size() >= 2;
        inactive += !item.active;
        fractional += item.figures.available.to_string().find('.') != std::string::npos;
        negative += item.figures.available.is_negative();
        unmoved += !item.has_movements;
        for (const auto& shelf : item.figures.shelves) {
            unassigned += siigo.company.warehouses()[shelf.warehouse].name == "Sin asignar";
        }
    }
    CHECK(services > 3);
    CHECK(combos > 2);
    CHECK(inactive > 10);
    CHECK(fractional > 20);
    CHECK(negative > 1);
    CHECK(unassigned > 10);
    CHECK(unmoved > 10);

    const auto listed = siigo.get("/v1/warehouses").body;
    CHECK(listed.find("Bodega principal") != std::string::npos);
    CHECK(listed.find("Sin asignar") == std::string::npos);
}

TEST_CASE("a day of trade follows from its seed alone", "[sim]") {
    const auto once = after_a_day(42, 500);
    CHECK(after_a_day(42, 500) == once);
    CHECK(after_a_day(43, 500) != once);
}

TEST_CASE("trade brings every kind of change, and announces all but the silent share", "[sim]") {
    SiigoInABox siigo{200, 5};
    siigo.subscribe_all();
    constexpr int steps = 4000;
    for (int i = 0; i < steps; ++i) {
        siigo.clock.advance(1s);
        siigo.trade.step(siigo.moment(), 0.25);
    }
    std::map<std::string, int> by_topic;
    for (const auto& letter : siigo.outbox.letters) ++by_topic[text_at(parse_json(letter.body).value(), "topic")];
    CHECK(by_topic[std::string{siigo::topic_stock}] > 2000);
    CHECK(by_topic[std::string{siigo::topic_update}] > 50);
    CHECK(by_topic[std::string{siigo::topic_create}] > 10);
    CHECK(siigo.outbox.letters.size() == siigo.counts.changes - siigo.counts.unannounced_changes);
    const double silent =
        static_cast<double>(siigo.counts.unannounced_changes) / static_cast<double>(siigo.counts.changes);
    CHECK(silent > 0.2);
    CHECK(silent < 0.3);
    CHECK(siigo.company.size() != 200);
}

TEST_CASE("sales come at the rate that was asked for", "[sim]") {
    SiigoInABox siigo;
    std::chrono::nanoseconds all{0};
    for (int i = 0; i < 20'000; ++i) all += siigo.trade.gap(120);
    const double mean_s = std::chrono::duration<double>(all).count() / 20'000;
    CHECK(mean_s == Approx(0.5).epsilon(0.05));
}

TEST_CASE("two changes never carry the same stamp, even within one tick of the clock", "[sim]") {
    SiigoInABox siigo;
    const Slot slot = siigo.stocked().slot;
    std::set<Instant> stamps;
    for (int i = 0; i < 50; ++i) {
        siigo.company.move(slot, 0, Quantity{1}, siigo.moment()).value();
        stamps.insert(*siigo.company.find(slot)->figures.stock_updated);
    }
    CHECK(stamps.size() == 50);
}

TEST_CASE("a busy product's past is bounded", "[sim]") {
    SiigoInABox siigo;
    const Slot slot = siigo.stocked().slot;
    for (int i = 0; i < 1000; ++i) {
        siigo.clock.advance(1s);
        siigo.company.move(slot, 0, Quantity{1}, siigo.moment()).value();
    }
    CHECK(siigo.company.find(slot)->past.size() <= 64);
    siigo.clock.advance(1h);
    siigo.company.move(slot, 0, Quantity{1}, siigo.moment()).value();
    CHECK(siigo.company.find(slot)->past.size() == 1);
}
