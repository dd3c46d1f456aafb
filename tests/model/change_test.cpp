#include "stockcast/model/change.hpp"

#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace stockcast;
using test::product;
using test::quantity;

namespace {

Change change(ChangeType type, const Product& after) {
    Change out;
    out.seq = 42;
    out.type = type;
    out.source = Source::webhook;
    out.cause = test::log_id(1);
    out.recorded_at = test::at("10:30");
    out.product = after;
    return out;
}

std::string written(const Change& value) {
    std::string out;
    write_change_json(out, value);
    INFO(out);
    CHECK(parse_json(out));
    return out;
}

std::string head(std::string_view type) {
    return R"({"type":")" + std::string{type} +
           R"(","seq":42,"company":"main","productId":1,"siigoProductId":"51000000-0000-0000-0000-000000000001",)"
           R"("productCode":"PROD001","productName":"Producto Ejemplo",)";
}

std::string tail() {
    return R"("source":"webhook","cause":")" + test::log_id(1).to_string() +
           R"(","timestamp":"2025-01-20T10:30:00.000Z")";
}

std::string json_of(const Product& value) {
    std::string out;
    write_product_json(out, value);
    return out;
}

}  // namespace

TEST_CASE("a change of stock carries the figure before and after", "[change]") {
    auto sale = change(ChangeType::stock_updated, product().with_stock(15));
    sale.old_stock = Quantity{10};
    CHECK(written(sale) == head("stock_updated") + R"("oldStock":10,"newStock":15,)" + tail() + "}");

    sale.old_stock.reset();
    sale.cause = LogId{};
    const auto shown = *parse_json(written(sale));
    CHECK(shown.find("oldStock")->is_null());
    CHECK(shown.find("cause")->is_null());
}

TEST_CASE("warehouses that changed are listed with their own id and figures", "[change]") {
    auto sale = change(ChangeType::stock_updated, product().with_stock(15));
    sale.old_stock = Quantity{10};
    sale.warehouses = {{"1270", "Norte", quantity("4"), quantity("9")},
                       {"\"x\"", "Sur", std::nullopt, quantity("0.50")}};
    CHECK(written(sale) == head("stock_updated") + R"("oldStock":10,"newStock":15,)" + tail() +
                               R"(,"warehouses":[{"id":1270,"name":"Norte","oldStock":4,"newStock":9},)"
                               R"({"id":"x","name":"Sur","oldStock":null,"newStock":0.5}]})");
}

TEST_CASE("a created product comes whole, with its first figure", "[change]") {
    const Product made = product().with_stock(3);
    CHECK(written(change(ChangeType::product_created, made)) ==
          head("product_created") + R"("newStock":3,)" + tail() + R"(,"product":)" + json_of(made) + "}");
}

TEST_CASE("an updated product comes whole, with the names of what changed", "[change]") {
    const Product renamed = product().named("Otro").with_stock(3);
    auto update = change(ChangeType::product_updated, renamed);
    update.changed = {"name", "prices"};
    const auto shown = *parse_json(written(update));
    CHECK(to_text(*shown.find("changed")) == R"(["name","prices"])");
    CHECK(to_text(*shown.find("product")) == json_of(renamed));
    CHECK(shown.find("oldStock") == nullptr);
    CHECK(shown.find("newStock") == nullptr);
}

TEST_CASE("a deleted product says what stock went with it", "[change]") {
    auto gone = change(ChangeType::product_deleted, product().deleted());
    gone.old_stock = quantity("2.5");
    CHECK(written(gone) == head("product_deleted") + R"("oldStock":2.5,)" + tail() + "}");
}

TEST_CASE("sources and types have the names of the interface", "[change]") {
    CHECK(to_string(Source::webhook) == "webhook");
    CHECK(to_string(Source::scheduled_sync) == "scheduled_sync");
    CHECK(to_string(Source::manual_sync) == "manual_sync");
    CHECK(to_string(Source::refresh) == "refresh");
    CHECK(to_string(Source::test) == "test");
    CHECK(to_string(Source::replay) == "replay");
    CHECK(to_string(ChangeType::stock_updated) == "stock_updated");
    CHECK(to_string(ChangeType::product_created) == "product_created");
    CHECK(to_string(ChangeType::product_updated) == "product_updated");
    CHECK(to_string(ChangeType::product_deleted) == "product_deleted");
}
