#include "sim/siigo_in_a_box.hpp"

#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace stockcast;
using namespace stockcast::sim;
using namespace stockcast::sim::test;

namespace {

struct Variation {
    const char* name;
    std::function<void(Variants&)> apply;
};

const std::vector<Variation>& variations() {
    static const std::vector<Variation> all{
        {"documented", [](Variants&) {}},
        {"numbers as strings", [](Variants& v) { v.numbers_as_strings = true; }},
        {"numbers with a point", [](Variants& v) { v.numbers_with_point = true; }},
        {"no null members", [](Variants& v) { v.omit_null_members = true; }},
        {"nested", [](Variants& v) { v.notification_nested = true; }},
        {"both places", [](Variants& v) { v.notification_both_places = true; }},
        {"in data", [](Variants& v) { v.notification_in_data = true; }},
        {"new_stock", [](Variants& v) { v.notification_new_stock = true; }},
        {"stock", [](Variants& v) { v.notification_stock = true; }},
        {"no zone", [](Variants& v) { v.stamps_without_zone = true; }},
        {"offset", [](Variants& v) { v.stamps_with_offset = true; }},
        {"unknown members", [](Variants& v) { v.unknown_members = true; }},
        {"null id of Sin asignar", [](Variants& v) { v.unassigned_id_null = true; }},
        {"everything nested, as strings, in data",
         [](Variants& v) { v.notification_nested = v.numbers_as_strings = v.notification_in_data = true; }},
    };
    return all;
}

}  // namespace

TEST_CASE("a notification says the same of its product in every shape that SIIGO may send", "[sim]") {
    const auto index = GENERATE(range(std::size_t{0}, variations().size()));
    SiigoInABox siigo;
    CAPTURE(variations()[index].name);
    variations()[index].apply(siigo.variants);
    siigo.subscribe_all();
    siigo.command(
        "sell", R"({"code":")" + siigo.stocked().code + R"(","quantity":1.5,"stamp":"2025-01-20T11:59:58.1234567Z"})");

    REQUIRE(siigo.outbox.letters.size() == 1);
    const auto body = parse_json(siigo.outbox.letters.front().body);
    REQUIRE(body);
    const auto read = siigo::read_notification(*body);
    REQUIRE(read.notification);
    const auto& item = siigo.stocked();
    const auto& said = read.notification->said;
    CHECK(read.notification->topic == siigo::topic_stock);
    CHECK(read.notification->company_key == siigo.settings.company_key);
    CHECK(read.notification->product == item.id);
    CHECK(said.available == item.figures.available);
    CHECK(said.stock_updated == Instant::parse("2025-01-20T11:59:58.1234567Z").value());
    CHECK(said.created == item.created);
    REQUIRE(said.warehouses);
    REQUIRE(said.warehouses->size() == item.figures.shelves.size());
    CHECK(said.warehouses->front().quantity == item.figures.shelves.front().quantity);
}

TEST_CASE("a notification without a quantity says none, rather than zero", "[sim]") {
    SiigoInABox siigo;
    siigo.variants.notification_without_quantity = true;
    siigo.subscribe_all();
    siigo.command("sell", R"({"code":")" + siigo.stocked().code + R"(","quantity":1})");
    REQUIRE(siigo.outbox.letters.size() == 1);
    const auto read = siigo::read_notification(parse_json(siigo.outbox.letters.front().body).value());
    REQUIRE(read.notification);
    CHECK_FALSE(read.notification->said.available);
}

TEST_CASE("a polled product says the same in every shape", "[sim]") {
    const auto index = GENERATE(range(std::size_t{0}, variations().size()));
    SiigoInABox siigo{150};
    CAPTURE(variations()[index].name);
    variations()[index].apply(siigo.variants);
    const auto page = siigo::read_product_page(json_of(siigo.get("/v1/products?page_size=100")));
    REQUIRE(page);
    CHECK(page->unreadable.empty());
    CHECK(page->total_results == 150u);
    REQUIRE(page->rows.size() == 100);
    for (const auto& row : page->rows) {
        const Item* item = siigo.company.find(row.product);
        REQUIRE(item);
        CHECK(row.available == item->figures.available);
        CHECK(row.last_updated == item->last_updated);
        CHECK_FALSE(row.stock_updated);  // the Blueprint's product has none
    }
}

TEST_CASE("a polled product carries stock_updated where the variant lets it", "[sim]") {
    SiigoInABox siigo;
    siigo.variants.omit_stock_updated = false;
    const auto& item = siigo.stocked();
    const auto row = siigo::read_product(json_of(siigo.get("/v1/products/" + item.id.to_string())));
    REQUIRE(row);
    CHECK(row->stock_updated == item.figures.stock_updated);
}

TEST_CASE("a combo names its components, and its figure is 0 or missing", "[sim]") {
    SiigoInABox siigo{400};
    const auto page = json_of(siigo.get("/v1/products?type=combo"));
    CHECK_FALSE(text_at(page, "results.0.components.0.code").empty());
    CHECK(at(page, "results.0.components.0.quantity").is_null());
    CHECK(text_at(page, "results.0.available_quantity") == "0");
    siigo.variants.combo_without_quantity = true;
    CHECK(at(json_of(siigo.get("/v1/products?type=combo")), "results.0").find("available_quantity") == nullptr);
}
