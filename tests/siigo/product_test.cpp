#include "support/builders.hpp"

#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::siigo;

namespace {

const std::string guid = "00584089-4ebc-49de-bf75-6a6cc968a96d";

Json json(const std::string& text) {
    auto parsed = parse_json(text);
    REQUIRE(parsed);
    return std::move(*parsed);
}

Observation row(const std::string& text) {
    auto read = read_product(json(text));
    REQUIRE(read);
    return std::move(*read);
}

}  // namespace

TEST_CASE("a row and a notification of one product say the same properties", "[siigo]") {
    const auto polled =
        row(R"({"id":"00584089-4EBC-49DE-BF75-6A6CC968A96D","code":"Item-1","name":"Camiseta de algodón",
        "account_group":{"id":1253,"name":"Productos"},"type":"Product","stock_control":true,"active":true,"reference":null,
        "tax_consumption_value":"0","taxes":[{"id":13156,"name":"IVA 19%","type":"IVA","percentage":"19.00"}],
        "prices":[{"currency_code":"COP","price_list":[{"position":1,"name":"Precio 1","value":"12000"}]}],
        "additional_fields":{"barcode":"B0123","brand":"Gef","tariff":"151612","model":"Loiry"},
        "available_quantity":12.5,"warehouses":[{"id":1270,"name":"Bodega principal","quantity":"12.5"}],
        "metadata":{"created":"2020-06-15T03:33:17.208Z","last_updated":null,"stock_updated":"2025-01-20T10:30:00.123Z"},
        "_links":{"self":{"href":"x"}}})");
    const auto read = read_notification(json(R"({"company_key":"acme","username":"api@acme.co",
        "topic":"public.siigoapi.products.update","id":"00584089-4ebc-49de-bf75-6a6cc968a96d","code":"Item-1",
        "name":"Camiseta de algodón","account_group":{"id":1253,"name":"Productos"},"type":"product","stock_control":true,
        "active":"True","tax_consumption_value":0,"taxes":[{"id":13156,"name":"IVA 19%","type":"IVA","percentage":19}],
        "prices":[{"currency_code":"COP","price_list":[{"position":1,"name":"Precio 1","value":12000.0}]}],
        "barcode":"B0123","brand":"Gef","tariff":"151612","model":"Loiry","available_quantity":"12.50",
        "warehouses":[{"id":1270,"name":"Bodega principal","quantity":12.5}],
        "created":"2020-06-15T03:33:17.208Z","stock_updated":"2025-01-20T10:30:00.1230000Z"})"));
    REQUIRE(read.notification);
    const auto& told = read.notification->said;

    INFO(to_text(polled.properties) << '\n' << to_text(told.properties));
    CHECK(same_value(polled.properties, told.properties));
    CHECK(polled.product == told.product);
    CHECK(polled.available == told.available);
    CHECK(polled.warehouses == told.warehouses);
    CHECK(polled.created == told.created);
    CHECK(polled.last_updated == told.last_updated);
    CHECK(polled.stock_updated == told.stock_updated);
}

TEST_CASE("known types have one spelling, unknown members are kept as they are", "[siigo]") {
    const auto read = row(R"({"id":")" + guid + R"(","type":"CONSUMERGOOD","stock":3,"new":{"a":[1.50,"1.50"]}})");
    CHECK(*read.properties.find("type")->if_string() == "ConsumerGood");
    CHECK(to_text(*read.properties.find("new")) == R"({"a":[1.50,"1.50"]})");
    CHECK(read.properties.find("stock") != nullptr);
    CHECK_FALSE(read.available);
    CHECK(*row(R"({"id":")" + guid + R"(","type":"Kit"})").properties.find("type")->if_string() == "Kit");
}

TEST_CASE("a row without an id or with an impossible figure is an error with its name", "[siigo]") {
    CHECK(read_product(json("[]")).error() == Errc::malformed);
    CHECK(read_product(json(R"({"code":"x"})")).error() == Errc::malformed);
    CHECK(read_product(json(R"({"id":"x"})")).error() == Errc::malformed);
    CHECK(read_product(json(R"({"id":")" + guid + R"(","available_quantity":"many"})")).error() == Errc::malformed);
    CHECK(read_product(json(R"({"id":")" + guid + R"(","available_quantity":1e25})")).error() == Errc::out_of_bounds);
}

TEST_CASE("one unreadable row does not spoil the page", "[siigo]") {
    const auto page = read_product_page(
        json(R"({"pagination":{"page":1,"page_size":50,"total_results":589.0},"results":[
        {"id":")" +
             guid + R"(","code":"a"}, 7, {"code":"B-2","id":"no guid"}, {"id":"00000000-0000-0000-0000-000000000001",
        "available_quantity":1e25}, {"id":"00000000-0000-0000-0000-000000000002","available_quantity":2}]})"));
    REQUIRE(page);
    CHECK(page->rows.size() == 2);
    CHECK(page->rows_total == 5);
    CHECK(page->total_results == 589U);
    CHECK(page->unreadable ==
          std::vector<std::string>{
              "row is no object",
              "B-2: id is no GUID",
              "00000000-0000-0000-0000-000000000001: available_quantity is a number past the bounds of a quantity",
          });
}

TEST_CASE("a page may be a bare array, but what is no list is no empty page", "[siigo]") {
    const auto bare = read_product_page(json(R"([{"id":")" + guid + R"("}])"));
    REQUIRE(bare);
    CHECK(bare->rows.size() == 1);
    CHECK_FALSE(bare->total_results);
    CHECK(read_product_page(json(R"({"pagination":{"total_results":"12"},"results":[]})"))->total_results == 12U);
    for (const char* total : {"-1", "1.5", "\"x\"", "null", "1e19", "{}"}) {
        INFO(total);
        const auto page =
            read_product_page(json(R"({"pagination":{"total_results":)" + std::string{total} + R"(},"results":[]})"));
        REQUIRE(page);
        CHECK(
            page->total_results ==
            (std::string{total} == "1e19" ? std::optional<std::uint64_t>{10'000'000'000'000'000'000U} : std::nullopt));
    }
    for (const char* other :
         {"{}", R"({"results":null})", R"({"results":{}})", R"({"message":"hello"})", "7", "null"}) {
        INFO(other);
        CHECK(read_product_page(json(other)).error() == Errc::malformed);
    }
}

TEST_CASE("subscriptions are read paginated and bare, whole or not at all", "[siigo]") {
    const std::string one =
        R"({"id":"s1","application_id":"app","url":"https://x.example/h","topic":"t","company_key":"acme",
        "active":false,"created_at":"2023-08-11T15:11:18.1333022Z"})";
    const Subscription expected{.id = "s1",
                                .application_id = "app",
                                .topic = "t",
                                .url = "https://x.example/h",
                                .company_key = "acme",
                                .active = false,
                                .created_at = "2023-08-11T15:11:18.1333022Z"};
    const auto bare = read_subscriptions(json("[" + one + "]"));
    REQUIRE(bare);
    CHECK(*bare == std::vector{expected});
    const auto paginated = read_subscriptions(json(R"({"pagination":{},"results":[)" + one + R"(,{"id":"s2"}]})"));
    REQUIRE(paginated);
    CHECK(paginated->size() == 2);
    CHECK(paginated->at(1).active);
    CHECK(read_subscriptions(json("[" + one + R"(,{"topic":"t"}])")).error() == Errc::malformed);
    CHECK(read_subscriptions(json("{}")).error() == Errc::malformed);
    CHECK(read_subscription(json("[]")).error() == Errc::malformed);
}
