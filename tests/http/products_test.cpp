#include "http/product_answers.hpp"
#include "http/product_filter.hpp"
#include "http/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace stockcast;
using namespace stockcast::test;

namespace {

Observation seen(std::uint64_t n, std::string_view name = "Camiseta") {
    const auto code = "P-" + std::to_string(n);
    return observation()
        .about(n)
        .coded(code)
        .named(name)
        .with_stock(static_cast<std::int64_t>(n))
        .as_of("10:00")
        .by_read();
}

HttpResponse products(World& world, const std::string& query) {
    return world.ask(get("/api/products?" + query).bearing(world.token(Role::viewer)));
}

std::vector<std::string> codes(const HttpResponse& response) {
    std::vector<std::string> out;
    const auto list = member(parsed(response), "products");
    REQUIRE(list.if_array() != nullptr);
    for (const auto& product : *list.if_array()) out.push_back(*product.find("code")->if_string());
    return out;
}

}  // namespace

TEST_CASE("products are listed with SIIGO's own digits and a position to go on from", "[http][products]") {
    World world;
    world.observe(observation().about(1).coded("A").named("Caf\xc3\xa9").with_stock("12.50").as_of("10:00").by_read());
    const auto response = world.ask(get("/api/products").bearing(world.token(Role::viewer)));
    CHECK(response.status == 200);
    CHECK(response.fields.get("Content-Type") == "application/json");
    CHECK(text_at(response, "products.0.available_quantity") == "12.5");
    CHECK(text_at(response, "products.0.id") == product_id(1).to_string());
    CHECK(text_at(response, "products.0.productId") == "1");
    CHECK(text_at(response, "seq") == "1");
    CHECK(text_at(response, "next") == "null");
}

TEST_CASE("pages follow each other while products come and go between them", "[http][products]") {
    World world;
    for (std::uint64_t n = 10; n <= 50; n += 10) world.observe(seen(n));
    std::vector<std::string> all;
    std::string cursor;
    for (int page = 0; page < 10; ++page) {
        const auto response = products(world, "limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        REQUIRE(response.status == 200);
        const auto found = codes(response);
        CHECK(found.size() <= 2);
        all.insert(all.end(), found.begin(), found.end());
        // One before and one after the cursor; and the very product that the cursor names goes.
        world.observe(seen(1 + static_cast<std::uint64_t>(page)));
        if (page == 0) {
            world.observe(seen(35));
            world.observe(observation().about(20).by_absence());
        }
        cursor = text_at(response, "next");
        if (cursor == "null") break;
    }
    CHECK(all == std::vector<std::string>{"P-10", "P-20", "P-30", "P-35", "P-40", "P-50"});
}

TEST_CASE("a page that ends with the last product is the last page", "[http][products]") {
    World world;
    for (std::uint64_t n = 1; n <= 4; ++n) world.observe(seen(n));
    const auto first = products(world, "limit=2");
    const auto second = products(world, "limit=2&cursor=" + text_at(first, "next"));
    CHECK(codes(second) == std::vector<std::string>{"P-3", "P-4"});
    CHECK(text_at(second, "next") == "null");
}

TEST_CASE("a product's own page is found by id and by code, and a deleted one says so", "[http][products]") {
    World world;
    const auto ask = [&](std::string_view path) {
        return world.ask(get("/api/products/" + std::string{path}).bearing(world.token(Role::viewer)));
    };
    world.observe(observation().about(1).coded("A/1 \xc3\xb1").named("x").with_stock(1).as_of("10:00").by_read());
    const auto id = product_id(1).to_string();
    CHECK(text_at(ask(id), "product.code") == "A/1 \xc3\xb1");
    CHECK(text_at(ask("A%2F1%20%C3%B1?by=code"), "product.id") == id);
    CHECK(ask(id + "?by=code").status == 404);
    CHECK(ask("A%2F1%20%C3%B1").status == 404);
    CHECK(ask(product_id(2).to_string()).status == 404);
    CHECK(ask("a?by=code").status == 404);

    world.observe(observation().about(1).by_absence());
    const auto gone = ask(id);
    CHECK(gone.status == 200);
    CHECK(text_at(gone, "product.deleted") == "true");
    CHECK(codes(products(world, "")).empty());
}

TEST_CASE("of two owners of a code the latest answers", "[http][products]") {
    World world;
    world.observe(observation().about(1).coded("A").named("one").with_stock(1).as_of("10:00").by_read());
    world.observe(observation().about(2).coded("A").named("two").with_stock(2).as_of("10:00").by_read());
    const auto owner = [&] {
        return text_at(world.ask(get("/api/products/A?by=code").bearing(world.token(Role::viewer))), "product.name");
    };
    CHECK(owner() == "two");
    world.observe(observation().about(2).by_absence());
    CHECK(owner() == "one");
}

TEST_CASE("a list is narrowed by what is asked for", "[http][products]") {
    struct Row {
        const char* query;
        bool accepted;
    };
    const auto row = GENERATE(values<Row>({
        {"", true},
        {"search=algodon", true},
        {"search=ALGOD%C3%93N", true},
        {"search=item-7", true},
        {"search=b0123", true},
        {"search=gef", false},  // the brand is not searched
        {"active=true", true},
        {"active=false", false},
        {"warehouse=1270", true},
        {"warehouse=x", true},
        {"warehouse=127", false},
        {"warehouse=9", false},
        {"stock_below=12.51", true},
        {"stock_below=12.5", false},
        {"stock_below=-3", false},
        {"warehouse=x&stock_below=0", true},
        {"warehouse=1270&stock_below=12.5", false},
        {"search=camiseta&active=true&warehouse=1270&stock_below=20", true},
        {"search=camiseta&active=false", false},
    }));
    CAPTURE(row.query);
    Json::Object fields{{"barcode", "B0123"}, {"brand", "Gef"}};
    const Product shirt = product()
                              .coded("Item-7")
                              .named("Camiseta de Algod\xc3\xb3n")
                              .with_stock("12.5")
                              .in_warehouse("1270", "Bodega", "14.5")
                              .in_warehouse("\"x\"", "Sin asignar", "-2")
                              .with_property("additional_fields", fields);
    const auto query = Query::parse(row.query);
    REQUIRE(query.has_value());
    Arguments arguments{*query};
    const auto filter = read_product_filter(arguments);
    REQUIRE(arguments.complaint().empty());
    CHECK(filter.accepts(shirt) == row.accepted);
}

TEST_CASE("a product without a known figure is below nothing, and a deleted one is never listed", "[http][products]") {
    ProductFilter filter;
    CHECK(filter.accepts(product()));
    CHECK_FALSE(filter.accepts(product().deleted()));
    filter.stock_below = quantity("1000000");
    CHECK_FALSE(filter.accepts(product()));
}

TEST_CASE("a search passes over what does not match", "[http][products]") {
    World world;
    for (std::uint64_t n = 1; n <= 30; ++n) world.observe(seen(n, n == 30 ? "Aguja" : "Paja"));
    CHECK(codes(products(world, "search=aguja&limit=1")) == std::vector<std::string>{"P-30"});
    CHECK(text_at(products(world, "search=nada"), "next") == "null");
}

TEST_CASE("a product that was asked for before is answered as it is now", "[http][products]") {
    World world;
    const auto ask = [&] {
        return world.ask(get("/api/products/" + product_id(1).to_string()).bearing(world.token(Role::viewer)));
    };
    world.observe(seen(1));
    const auto first = ask();
    CHECK(text_at(first, "product.available_quantity") == "1");
    CHECK(ask().body == first.body);
    CHECK(ask().fields.get("ETag") == first.fields.get("ETag"));

    world.observe(observation().about(1).with_stock(7).as_of("10:05").by_read());
    const auto changed = ask();
    CHECK(text_at(changed, "product.available_quantity") == "7");
    CHECK(changed.fields.get("ETag") != first.fields.get("ETag"));

    // Read again without news: no change, but `synced_at` tells of it.
    world.clock.advance(std::chrono::hours{1});
    world.observe(observation().about(1).with_stock(7).as_of("10:05").by_read());
    CHECK(text_at(ask(), "product.synced_at") == world.clock.wall().to_iso_ms());

    world.observe(observation().about(1).by_absence());
    CHECK(text_at(ask(), "product.deleted") == "true");
}

TEST_CASE("answers that are kept have a bound", "[http][products]") {
    ProductAnswers answers;
    const std::string body(100'000, 'x');
    const auto many = ProductAnswers::bytes_max / body.size() + 1;
    for (std::uint64_t n = 1; n <= many; ++n) answers.keep(product_id(n), {body, "tag"});
    CHECK(answers.find(product_id(1)) == nullptr);
    REQUIRE(answers.find(product_id(many)) != nullptr);
    CHECK(answers.find(product_id(many))->body == body);
    answers.forget({{"main", product_id(many)}, {"main", product_id(1)}});
    CHECK(answers.find(product_id(many)) == nullptr);
}
