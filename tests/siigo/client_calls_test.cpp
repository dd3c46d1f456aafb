#include "siigo/client_fixture.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;
using test::ClientWorld;
using test::Reply;

TEST_CASE("a call carries what SIIGO asks for, and a GET no body", "[siigo]") {
    ClientWorld world;
    const auto page = world.list({.page = 3, .page_size = 50, .updated_start = test::at("10:30:00.9")});
    REQUIRE(page);
    REQUIRE(world.siigo.asked().size() == 2);

    const auto& auth = world.siigo.asked()[0];
    CHECK(auth.method == "POST");
    CHECK(auth.target == "/auth");
    CHECK(auth.body == R"({"username":"api@acme.co","access_key":"S3cr3tKey+/="})");
    CHECK(auth.fields.get("Content-Type") == "application/json");
    CHECK(auth.fields.get("Partner-Id") == "StockCast");
    CHECK_FALSE(auth.fields.has("Authorization"));

    const auto& list = world.siigo.asked()[1];
    CHECK(list.method == "GET");
    CHECK(list.target == "/v1/products?page=3&page_size=50&updated_start=2025-01-20T10%3A30%3A00Z");
    CHECK(list.fields.get("Host") == "api.siigo.com");
    CHECK(list.fields.get("Authorization") == "Bearer token1");
    CHECK(list.fields.get("Partner-Id") == "StockCast");
    CHECK(list.fields.get("Accept") == "application/json");
    CHECK(list.fields.get("User-Agent").starts_with("stockcast/"));
    CHECK_FALSE(list.fields.has("Content-Type"));
    CHECK(list.body.empty());
}

TEST_CASE("all calls share one connection and one token", "[siigo]") {
    ClientWorld world;
    for (int i = 0; i < 12; ++i) REQUIRE(world.list());
    CHECK(world.siigo.connections() == 1);
    CHECK(world.siigo.count("/auth") == 1);
    CHECK(world.siigo.asked().size() == 13);
}

TEST_CASE("rows carry the company, and the base URL its path", "[siigo]") {
    ClientWorld world;
    world.settings.base_url = "https://proxy.example:8443/siigo/";
    world.settings.company = "shop";
    world.start();
    world.otherwise.body = R"([{"id":"00000000-0000-0000-0000-000000000001","available_quantity":"2.50"}])";
    const auto page = world.list();
    REQUIRE(page);
    REQUIRE(page->rows.size() == 1);
    CHECK(page->rows[0].company == "shop");
    CHECK(page->rows[0].available == test::quantity("2.5"));
    CHECK(world.siigo.asked()[1].target.starts_with("/siigo/v1/products?"));
    CHECK(world.siigo.asked()[1].fields.get("Host") == "proxy.example:8443");
}

TEST_CASE("one product is read by its id, and only SIIGO's own 404 means that it is gone", "[siigo]") {
    ClientWorld world;
    const auto id = test::product_id(7);
    const auto get = [&] { return test::run(world.io, world.clock, world.client->get_product(id, {})); };
    world.otherwise.body = R"({"id":")" + id.to_string() + R"(","available_quantity":3})";
    const auto there = get();
    REQUIRE(there);
    REQUIRE(there->has_value());
    CHECK((*there)->available == test::quantity("3"));
    CHECK(world.siigo.asked().back().target == "/v1/products/" + id.to_string());

    world.script = {test::failed(404, "not_found")};
    const auto gone = get();
    REQUIRE(gone);
    CHECK_FALSE(gone->has_value());

    world.script.assign(3, Reply{.status = 404, .body = "<html><title>404</title></html>"});
    CHECK(get().error() == Errc::siigo_unavailable);

    world.otherwise.body = R"({"id":")" + test::product_id(8).to_string() + R"("})";
    CHECK(get().error() == Errc::siigo_unavailable);
}

TEST_CASE("several products are asked for in one request, and no others are answered", "[siigo]") {
    ClientWorld world;
    const auto one = test::product_id(1), two = test::product_id(2), other = test::product_id(3);
    world.otherwise.body = R"({"results":[{"id":")" + other.to_string() + R"("},{"id":")" + two.to_string() + R"("}]})";
    const auto page = test::run(world.io, world.clock, world.client->get_products({one, two}, Purpose::read, {}));
    REQUIRE(page);
    REQUIRE(page->rows.size() == 1);
    CHECK(page->rows[0].product == two);
    CHECK(world.siigo.asked().back().target ==
          "/v1/products?ids=" + one.to_string() + "," + two.to_string() + "&page=1&page_size=100");
}

TEST_CASE("subscriptions are listed, created, edited with the id in the body, and deleted", "[siigo]") {
    ClientWorld world;
    auto& client = *world.client;
    const Subscription wanted{.id = "a b/1",
                              .application_id = "app",
                              .topic = "t",
                              .url = "https://x.example/h",
                              .company_key = "acme",
                              .active = true,
                              .created_at = {}};
    world.script = {
        Reply{.status = 201, .body = R"({"id":"s1","application_id":"app","topic":"t","url":"u","active":true})"}};
    const auto made = test::run(world.io, world.clock, client.create_subscription(wanted));
    REQUIRE(made);
    CHECK(made->id == "s1");
    CHECK(world.siigo.asked().back().method == "POST");
    CHECK(world.siigo.asked().back().body == R"({"application_id":"app","topic":"t","url":"https://x.example/h"})");

    world.script = {Reply{.status = 201}};
    const auto edited = test::run(world.io, world.clock, client.update_subscription(wanted));
    CHECK(edited);
    CHECK(world.siigo.asked().back().method == "PUT");
    CHECK(world.siigo.asked().back().target == "/v1/webhooks");
    CHECK(world.siigo.asked().back().body ==
          R"({"id":"a b/1","application_id":"app","topic":"t","url":"https://x.example/h","active":true})");

    world.script = {Reply{.status = 200, .body = R"({"id":"s1","deleted":true})"}};
    const auto deleted = test::run(world.io, world.clock, client.delete_subscription("a b/1"));
    CHECK(deleted);
    CHECK(world.siigo.asked().back().method == "DELETE");
    CHECK(world.siigo.asked().back().target == "/v1/webhooks/a%20b%2F1");
    CHECK(world.siigo.asked().back().body.empty());

    std::string rows;
    for (int i = 0; i < 100; ++i) rows += (i ? "," : "") + (R"({"id":"s)" + std::to_string(i) + R"("})");
    world.script = {Reply{.body = R"({"results":[)" + rows + "]}"}, Reply{.body = R"({"results":[{"id":"last"}]})"}};
    const auto paginated = test::run(world.io, world.clock, client.list_subscriptions());
    REQUIRE(paginated);
    CHECK(paginated->size() == 101);

    world.script = {Reply{.body = "[" + rows + "]"}};
    const auto bare = test::run(world.io, world.clock, client.list_subscriptions());
    REQUIRE(bare);
    CHECK(bare->size() == 100);
    CHECK(world.siigo.asked().back().target == "/v1/webhooks?page=1&page_size=100");
}

TEST_CASE("a rejected request is told as such and never repeated", "[siigo]") {
    ClientWorld world;
    world.script = {test::failed(400, "invalid_date")};
    CHECK(world.list().error() == Errc::siigo_rejected);
    CHECK(world.siigo.count("/v1") == 1);
    CHECK(world.log.has("invalid_date"));
}

TEST_CASE("on_send is called for each try, as the request leaves", "[siigo]") {
    ClientWorld world;
    world.script = {Reply{.status = 500}};
    std::vector<Steady> sends;
    const auto page =
        test::run(world.io, world.clock, world.client->list_products({}, [&] { sends.push_back(world.clock.now()); }));
    REQUIRE(page);
    REQUIRE(sends.size() == 2);
    CHECK(sends[1] == world.siigo.asked().back().at);
}

TEST_CASE("no secret is ever logged, not even one that SIIGO sends back", "[siigo]") {
    ClientWorld world;
    world.auth_script = {test::failed(400, "unauthorized", "bad key " + test::access_key)};
    CHECK(world.list().error() == Errc::siigo_unauthorized);
    world.script = {test::failed(400, "token1", "your token1 and " + test::access_key)};
    CHECK(world.list().error() == Errc::siigo_rejected);
    const auto logged = world.logged();
    CHECK(logged.find("bad key ***") != std::string::npos);
    CHECK(logged.find(test::access_key) == std::string::npos);
    CHECK(logged.find("token1") == std::string::npos);
}
