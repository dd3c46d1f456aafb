#include "sim/siigo_in_a_box.hpp"

#include "stockcast/siigo/translate.hpp"
#include "stockcast/sim/options.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::sim;
using namespace stockcast::sim::test;

TEST_CASE("every variant and fault can be set by its name and is shown", "[sim]") {
    SiigoInABox siigo;
    const auto shown = json_of(siigo.command("variants"));
    for (const auto name : variant_names()) {
        CAPTURE(std::string{name});
        REQUIRE(shown.find(name));
        Variants variants;
        const std::string value = name == "auth_status" ? "200" : shown.find(name)->if_bool() ? "true" : "3";
        CHECK_FALSE(assign(variants, name, value));
        CHECK(text_at(parse_json(to_json(variants)).value(), name) == value);
    }
    for (const auto name : fault_names()) {
        CAPTURE(std::string{name});
        Faults faults;
        const std::string value = parse_json(to_json(faults)).value().find(name)->if_bool() ? "true" : "3";
        CHECK_FALSE(assign(faults, name, value));
        CHECK(text_at(parse_json(to_json(faults)).value(), name) == value);
    }
}

TEST_CASE("a patch of variants or faults takes all of its members or none", "[sim]") {
    SiigoInABox siigo;
    CHECK(siigo.command("faults", R"({"slow":2,"slow_by":1500,"outage":true})").status == 200);
    CHECK(siigo.faults.slow == 2);
    CHECK(siigo.faults.slow_by == std::chrono::milliseconds{1500});
    CHECK(siigo.faults.outage);

    const auto bad = GENERATE(as<std::string>{}, R"({"slow":7,"typo":1})", R"({"slow":7,"outage":1})", R"({"slow":-1})",
                              R"({"slow":"many"})", R"({"slow":7,"slow_by":99999999999})", R"([])", "nonsense");
    CHECK(siigo.command("faults", bad).status == 400);
    CHECK(siigo.faults.slow == 2);
}

TEST_CASE("unknown commands and members are refused", "[sim]") {
    SiigoInABox siigo;
    const auto code = siigo.stocked().code;
    CHECK(siigo.command("nothing").status == 404);
    CHECK(siigo.command("nothing", "{}").status == 404);
    CHECK(siigo.command("sell", R"({"code":")" + code + R"("})").status == 400);
    CHECK(siigo.command("sell", R"({"code":")" + code + R"(","quantity":1,"stock":1})").status == 400);
    CHECK(siigo.command("sell", R"({"code":")" + code + R"(","quantity":1,"quantty":1})").status == 400);
    CHECK(siigo.command("sell", R"({"code":")" + code + R"(","quantity":1,"warehouse":9})").status == 400);
    CHECK(siigo.command("sell", R"({"code":"none","quantity":1})").status == 404);
    CHECK(siigo.command("product", R"({"action":"create","code":"with space"})").status == 400);
    CHECK(siigo.command("product", R"({"action":"create","code":")" + code + R"("})").status == 400);
    CHECK(siigo.command("product", R"({"action":"delete","code":")" + code + R"("})").status == 409);
    CHECK(siigo.counts.changes == 0);
}

TEST_CASE("a sale moves one warehouse by exactly its digits, a stock sets the sum", "[sim]") {
    SiigoInABox siigo;
    const auto& item = siigo.stocked();
    const auto& last = item.figures.shelves.back();
    const auto warehouse = std::to_string(siigo.company.warehouses()[last.warehouse].id);
    const auto expected = add(last.quantity, -Quantity::parse("0.10").value()).value();
    siigo.command("sell", R"({"id":")" + item.id.to_string() + R"(","quantity":0.10,"warehouse":)" + warehouse + "}");
    CHECK(item.figures.shelves.back().quantity == expected);

    const auto answer = siigo.command("sell", R"({"code":")" + item.code + R"(","stock":-3.75})");
    CHECK(text_at(json_of(answer), "available_quantity") == "-3.75");
    CHECK(item.figures.available == Quantity::parse("-3.75").value());
}

TEST_CASE("products shows the truth, whatever the figures lag", "[sim]") {
    SiigoInABox siigo{5};
    siigo.faults.figures_lag = std::chrono::minutes{5};
    siigo.command("product", R"({"action":"create","code":"NEW-1","name":"Nuevo","stock":7.5})");
    siigo.command("sell", R"({"code":"NEW-1","quantity":2})");
    const auto products = json_of(siigo.command("products"));
    REQUIRE(products.if_array()->size() == 6);
    CHECK(text_at(products, "5.code") == "NEW-1");
    CHECK(text_at(products, "5.available_quantity") == "5.5");
}

TEST_CASE("notify sends what it is told: replaced members, none, forged, doubled, raw", "[sim]") {
    SiigoInABox siigo;
    siigo.subscribe_all();
    const auto& item = siigo.stocked();
    const auto last = [&] { return parse_json(siigo.outbox.letters.back().body).value(); };

    siigo.command("notify", R"({"code":")" + item.code +
                                R"(","available_quantity":99.50,"stock_updated":"2020-01-01T00:00:00Z"})");
    REQUIRE(siigo.outbox.letters.size() == 1);
    CHECK(text_at(last(), "available_quantity") == "99.50");
    CHECK(text_at(last(), "stock_updated") == "2020-01-01T00:00:00Z");
    CHECK(text_at(last(), "name") == item.name);
    CHECK(item.figures.available != Quantity::parse("99.50").value());

    siigo.command("notify",
                  R"({"code":")" + item.code + R"(","without":["available_quantity","warehouses"],"times":3})");
    REQUIRE(siigo.outbox.letters.size() == 4);
    CHECK(at(last(), "available_quantity").is_null());

    siigo.command(
        "notify",
        R"({"id":"00000000-0000-4000-8000-00000000dead","company_key":"other","url":"http://127.0.0.1:1/x"})");
    REQUIRE(siigo.outbox.letters.size() == 5);
    CHECK(siigo.outbox.letters.back().url == "http://127.0.0.1:1/x");
    CHECK(text_at(last(), "company_key") == "other");

    siigo.command("notify", R"({"body":"<not json>"})");
    CHECK(siigo.outbox.letters.back().body == "<not json>");
    CHECK(siigo.command("notify", R"({"available_quantity":1})").status == 400);
}

TEST_CASE("the rate of trade can be changed and is checked", "[sim]") {
    SiigoInABox siigo;
    CHECK(siigo.command("trade", R"({"sales_per_minute":90,"unannounced_share":0.5})").status == 200);
    CHECK(siigo.rate.sales_per_minute == 90);
    CHECK(siigo.command("trade", R"({"sales_per_minute":-1})").status == 400);
    CHECK(siigo.command("trade", R"({"unannounced_share":1.5})").status == 400);
    CHECK(siigo.rate.unannounced_share == 0.5);
}
