#include "stockcast/model/product.hpp"

#include "model/members.hpp"
#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace stockcast;
using test::product;

namespace {

std::string written(const Product& value) {
    std::string out;
    write_product_json(out, value);
    INFO(out);
    CHECK(parse_json(out));
    return out;
}

using Members = std::vector<std::pair<std::string, std::string>>;

Members members_of(std::string_view object) {
    Members out;
    for_each_member(object, [&](std::string_view name, std::string_view value) { out.emplace_back(name, value); });
    return out;
}

}  // namespace

TEST_CASE("a product shows SIIGO's members, then its figures, then ours", "[product]") {
    Product held = product()
                       .with_stock("12.50")
                       .in_warehouse("1270", "Bodega \"Norte\"", "10")
                       .in_warehouse("null", "Sin asignar", "2.5")
                       .as_of("10:30:00.123")
                       .with_property("type", "Product")
                       .with_property("prices", *parse_json(R"([{"value":1.10}])"));
    held.properties.insert(1, R"("active":false,)");
    held.created = test::at("2020-06-15T03:33:17.208Z");
    held.seq = 42;
    CHECK(
        written(held) ==
        R"({"active":false,"id":"51000000-0000-0000-0000-000000000001","code":"PROD001","name":"Producto Ejemplo",)"
        R"("type":"Product","prices":[{"value":1.10}],"stock_control":true,"available_quantity":12.5,)"
        R"("warehouses":[{"id":1270,"name":"Bodega \"Norte\"","quantity":10},{"id":null,"name":"Sin asignar","quantity":2.5}],)"
        R"("metadata":{"created":"2020-06-15T03:33:17.208Z","last_updated":null,"stock_updated":"2025-01-20T10:30:00.123Z"},)"
        R"("productId":1,"company":"main","deleted":false,"seq":42,"synced_at":"2025-01-20T10:00:00.000Z"})");
}

TEST_CASE("an unknown figure is null, not zero", "[product]") {
    CHECK(parse_json(written(product()))->find("available_quantity")->is_null());
}

TEST_CASE("a product of which SIIGO said nothing is still known by id, code and name", "[product]") {
    Product held = product().deleted();
    held.properties = "{}";
    const auto shown = *parse_json(written(held));
    CHECK(*shown.find("id") == Json{held.id.to_string()});
    CHECK(*shown.find("code") == Json{"PROD001"});
    CHECK(*shown.find("name") == Json{"Producto Ejemplo"});
    CHECK(*shown.find("active") == Json{true});
    CHECK(*shown.find("deleted") == Json{true});
}

TEST_CASE("a member of SIIGO's that has one of our names does not stand twice", "[product]") {
    const Product held = product()
                             .with_property("company", "theirs")
                             .with_property("seq", Json::number(7))
                             .with_property("nested", *parse_json(R"({"seq":1,"id":2,"name":"x}\"],"})"));
    const auto shown = *parse_json(written(held));
    CHECK(*shown.find("company") == Json{"main"});
    CHECK(*shown.find("id") == Json{held.id.to_string()});
    CHECK(to_text(*shown.find("nested")) == R"({"seq":1,"id":2,"name":"x}\"],"})");
}

TEST_CASE("members are cut out of an object's text as they are spelt", "[product]") {
    CHECK(members_of("{}").empty());
    CHECK(members_of(" { } ").empty());
    CHECK(members_of(R"({"a":1})") == Members{{"a", "1"}});
    CHECK(members_of(R"( { "a" : [ 1 , {"b":2} ] , "c\"," : "}\\" , "d":null } )") ==
          Members{{"a", R"([ 1 , {"b":2} ])"}, {"c\\\",", R"("}\\")"}, {"d", "null"}});
}

TEST_CASE("a text cut short is never read past its end", "[product]") {
    const std::string whole = R"({"a":"\"","b":[{"c":1}]})";
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const std::vector<char> exact(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
        CHECK(members_of({exact.data(), exact.size()}).size() < 2);
    }
}
