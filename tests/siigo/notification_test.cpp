#include "support/builders.hpp"

#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
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

/// A stock notification of that product with more members behind.
Json notification(const std::string& members) {
    return json(
        R"({"company_key":"acme","username":"api@acme.co","topic":"public.siigoapi.products.stock.update","id":")" +
        guid + R"(","code":"Item-1")" + (members.empty() ? "" : "," + members) + "}");
}

Observation said(const std::string& members) {
    auto read = read_notification(notification(members));
    REQUIRE(read.notification);
    return read.notification->said;
}

bool complains_of(const NotificationOrComplaints& read, const std::string& member) {
    return std::any_of(read.complaints.begin(), read.complaints.end(),
                       [&](const Complaint& complaint) { return complaint.member == member; });
}

}  // namespace

TEST_CASE("a notification as SIIGO sends it is read whole", "[siigo]") {
    const auto read = read_notification(notification(
        R"("name":"Camiseta","type":"Product","stock_control":true,"active":true,"available_quantity":10,
           "warehouses":[{"id":1270,"name":"Bodega principal","quantity":10}],
           "created":"2020-06-15T03:33:17.208Z","last_updated":"2025-01-20T10:29:59.000Z",
           "stock_updated":"2025-01-20T10:30:00.123Z")"));
    REQUIRE(read.complaints.empty());
    REQUIRE(read.notification);
    const auto& found = *read.notification;
    CHECK(found.topic == topic_stock);
    CHECK(found.company_key == "acme");
    CHECK(found.username == "api@acme.co");
    REQUIRE(found.product);
    CHECK(found.product->to_string() == guid);
    CHECK(found.said.product == *found.product);
    CHECK(found.code == "Item-1");
    CHECK(found.said.available == test::quantity("10"));
    REQUIRE(found.said.warehouses);
    CHECK(*found.said.warehouses == std::vector<WarehouseStock>{{"1270", "Bodega principal", test::quantity("10")}});
    CHECK(found.said.created == test::at("2020-06-15T03:33:17.208Z"));
    CHECK(found.said.last_updated == test::at("2025-01-20T10:29:59Z"));
    CHECK(found.said.stock_updated == test::at("2025-01-20T10:30:00.123Z"));
    CHECK(to_text(found.said.properties) == R"({"id":")" + guid +
                                                R"(","code":"Item-1","name":"Camiseta","type":"Product",)" +
                                                R"("stock_control":true,"active":true})");
}

TEST_CASE("the figure is found in every shape, and a missing one is never zero", "[siigo]") {
    struct Row {
        const char* members;
        std::optional<const char*> figure;
    };
    const Row rows[] = {
        {R"("available_quantity":10)", "10"},
        {R"("available_quantity":1.0)", "1"},
        {R"("available_quantity":"12.50")", "12.5"},
        {R"("available_quantity":-3)", "-3"},
        {R"("available_quantity":0)", "0"},
        {R"("new_stock":7)", "7"},
        {R"("stock":"8")", "8"},
        {R"("available_quantity":null,"new_stock":7)", "7"},
        {R"("stock":1,"new_stock":2,"available_quantity":3)", "3"},
        {R"("stock":{"unknown":"member"},"available_quantity":3)", "3"},
        {"", std::nullopt},
        {R"("available_quantity":null)", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.members);
        const auto observation = said(row.members);
        CHECK(observation.available == (row.figure ? std::optional{test::quantity(*row.figure)} : std::nullopt));
        CHECK(observation.properties.find("new_stock") == nullptr);
    }
}

TEST_CASE("warehouses are said whole or not at all", "[siigo]") {
    struct Row {
        const char* members;
        std::optional<std::vector<WarehouseStock>> warehouses;
    };
    const Row rows[] = {
        {R"("active":true)", std::nullopt},
        {R"("warehouses":null)", std::nullopt},
        {R"("warehouses":[])", std::vector<WarehouseStock>{}},
        {R"("warehouses":[{"id":1270.0,"name":"A","quantity":"2.50"}])",
         std::vector<WarehouseStock>{{"1270", "A", test::quantity("2.5")}}},
        {R"("warehouses":[{"id":"x","name":null,"quantity":-1},{"quantity":3}])",
         std::vector<WarehouseStock>{{"\"x\"", "", test::quantity("-1")}, {"null", "", test::quantity("3")}}},
        {R"("warehouses":[{"id":1,"name":"A","quantity":2},{"id":2,"name":"B"}])", std::nullopt},
        {R"("warehouses":[{"id":1,"name":"A","quantity":null}])", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.members);
        CHECK(said(row.members).warehouses == row.warehouses);
    }
}

TEST_CASE("stamps and additional fields are taken from either place, the nested one first", "[siigo]") {
    const auto both = said(R"("stock_updated":"2025-01-20T10:00:00Z","barcode":"ROOT","brand":"Gef",
        "metadata":{"stock_updated":"2025-01-20T10:30:00","last_updated":null,"created":"2020-06-15T03:33:17-05:00"},
        "last_updated":"2025-01-19T00:00:00Z","additional_fields":{"barcode":"NESTED","brand":null,"shelf":"7"})");
    CHECK(both.stock_updated == test::at("10:30"));
    CHECK(both.last_updated == test::at("2025-01-19T00:00:00Z"));
    CHECK(both.created == test::at("2020-06-15T08:33:17Z"));
    const Json* fields = both.properties.find("additional_fields");
    REQUIRE(fields != nullptr);
    CHECK(same_value(*fields, json(R"({"barcode":"NESTED","brand":"Gef","shelf":"7"})")));
    CHECK(both.properties.find("metadata") == nullptr);
    CHECK(both.properties.find("barcode") == nullptr);

    CHECK_FALSE(said(R"("stock_updated":"yesterday")").stock_updated);
    CHECK(said(R"("additional_fields":{"barcode":null},"model":null)").properties.find("additional_fields") == nullptr);
}

TEST_CASE("the whole may stand inside data", "[siigo]") {
    auto read = read_notification(json(R"({"topic":"public.siigoapi.products.update","id":"a message's own","data":{
        "company_key":"acme","id":")" + guid +
                                       R"(","code":"C","name":"N","available_quantity":4}})"));
    REQUIRE(read.notification);
    CHECK(read.notification->topic == topic_update);
    CHECK(read.notification->company_key == "acme");
    CHECK(read.notification->said.available == test::quantity("4"));
    CHECK(read.notification->said.product.to_string() == guid);

    read = read_notification(notification(R"("data":{"more":1},"available_quantity":5)"));
    REQUIRE(read.notification);
    CHECK(read.notification->said.available == test::quantity("5"));
    CHECK(read.notification->said.properties.find("data") != nullptr);
}

TEST_CASE("what is no notification is told with all its reasons at once", "[siigo]") {
    struct Row {
        const char* body;
        std::vector<std::string> members;
    };
    const std::string good_id = R"("id":"00584089-4ebc-49de-bf75-6a6cc968a96d")";
    const std::string topic = R"("topic":"public.siigoapi.products.update")";
    const std::string no_number = "{" + topic + "," + good_id + R"(,"available_quantity":"ten"})";
    const std::string too_big = "{" + topic + "," + good_id + R"(,"available_quantity":1e30})";
    const std::string bad_warehouses =
        "{" + topic + "," + good_id + R"(,"warehouses":[{"id":1,"quantity":"x"},{"id":2,"quantity":true}]})";
    const std::string odd_warehouses = "{" + topic + "," + good_id + R"(,"warehouses":[7]})";
    const std::string no_array = "{" + topic + "," + good_id + R"(,"warehouses":{"id":1}})";
    const std::string no_id = "{" + topic + "}";
    const Row rows[] = {
        {"[]", {""}},
        {"{}", {"topic", "id"}},
        {R"({"topic":"public.siigoapi.products.delete","id":"x","new_stock":"y"})", {"topic", "id", "new_stock"}},
        {no_id.c_str(), {"id"}},
        {no_number.c_str(), {"available_quantity"}},
        {too_big.c_str(), {"available_quantity"}},
        {bad_warehouses.c_str(), {"warehouses[0].quantity", "warehouses[1].quantity"}},
        {odd_warehouses.c_str(), {"warehouses[0]"}},
        {no_array.c_str(), {"warehouses"}},
    };
    for (const auto& row : rows) {
        INFO(row.body);
        const auto read = read_notification(json(row.body));
        CHECK_FALSE(read.notification);
        CHECK(read.complaints.size() == row.members.size());
        for (const auto& member : row.members) {
            INFO(member);
            CHECK(complains_of(read, member));
        }
    }
}

TEST_CASE("a refused notification still tells what the log entry needs", "[siigo]") {
    const auto read = read_notification(
        json(R"({"topic":"other","company_key":"acme","code":42,"id":")" + guid + R"(","available_quantity":[]})"));
    CHECK_FALSE(read.notification);
    CHECK(read.topic == "other");
    CHECK(read.company_key == "acme");
    CHECK(read.code == "42");
    REQUIRE(read.product);
    CHECK(read.product->to_string() == guid);
}

TEST_CASE("a product known by its code alone is a notification without an id", "[siigo]") {
    const auto read =
        read_notification(json(R"({"topic":"public.siigoapi.products.stock.update","code":"C-1","stock":3})"));
    REQUIRE(read.notification);
    CHECK_FALSE(read.notification->product);
    CHECK(read.notification->code == "C-1");
    CHECK(read.notification->said.available == test::quantity("3"));
}
