#include "sim/siigo_in_a_box.hpp"

#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::sim;
using namespace stockcast::sim::test;

namespace {

std::string wish(const std::string& topic, const std::string& url, const std::string& more = "") {
    return R"({"application_id":"stockcast","topic":")" + topic + R"(","url":")" + url + "\"" + more + "}";
}

const std::string stock{siigo::topic_stock};
const std::string update{siigo::topic_update};

}  // namespace

TEST_CASE("a subscription is judged by its members, topic and URL", "[sim]") {
    struct Row {
        std::string body;
        unsigned status;
        std::string code;
    };
    const auto row = GENERATE(values<Row>({
        {wish(stock, "https://shop.example/api/webhooks/receive/s3cret"), 201, ""},
        {wish(stock, "https://shop.example:8443/hook?a=b"), 201, ""},
        {wish(stock, "http://127.0.0.1:5000/hook"), 201, ""},
        {wish(stock, "http://[::1]:5000/hook"), 201, ""},
        {wish(stock, "http://shop.example/hook"), 400, "invalid_url"},
        {wish(stock, "ftp://shop.example/hook"), 400, "invalid_url"},
        {wish(stock, "https://192.168.1.4/hook"), 400, "invalid_url"},
        {wish(stock, "https://10.0.0.1/hook"), 400, "invalid_url"},
        {wish(stock, "shop.example/hook"), 400, "invalid_url"},
        {wish(stock, "https://"), 400, "invalid_url"},
        {wish(stock, "https://shop.example:99999/"), 400, "invalid_url"},
        {wish(stock, "https://user:pw@shop.example/"), 400, "invalid_url"},
        {wish(stock, "https://shop.example/" + std::string(2026, 'a')), 201, ""},
        {wish(stock, "https://shop.example/" + std::string(2027, 'a')), 400, "invalid_url"},
        {wish("public.siigoapi.products.delete", "https://shop.example/"), 400, "invalid_reference"},
        {R"({"topic":"x","url":"https://shop.example/"})", 400, "parameter_required"},
        {R"({"application_id":"a","url":"https://shop.example/"})", 400, "parameter_required"},
        {R"({"application_id":"a","topic":"x"})", 400, "parameter_required"},
        {R"({"application_id":1,"topic":"x","url":"y"})", 400, "invalid_type"},
    }));
    SiigoInABox siigo;
    CAPTURE(row.body);
    const auto answer = siigo.send("POST", "/v1/webhooks", row.body);
    CHECK(answer.status == row.status);
    if (!row.code.empty()) CHECK(code_of(answer) == row.code);
}

TEST_CASE("without its variant not even loopback may do without public https", "[sim]") {
    SiigoInABox siigo;
    siigo.variants.loopback_urls = false;
    CHECK(siigo.send("POST", "/v1/webhooks", wish(stock, "http://127.0.0.1:5000/hook")).status == 400);
    CHECK(siigo.send("POST", "/v1/webhooks", wish(stock, "https://localhost/hook")).status == 400);
}

TEST_CASE("what is subscribed is listed as SIIGO lists it, in pages or as a bare array", "[sim]") {
    SiigoInABox siigo;
    const auto made =
        siigo::read_subscription(json_of(siigo.send("POST", "/v1/webhooks", wish(stock, "https://a.example/"))));
    REQUIRE(made);
    CHECK(made->active);
    CHECK(made->company_key == siigo.settings.company_key);
    CHECK(Instant::parse(made->created_at).has_value());

    const auto paged = siigo::read_subscriptions(json_of(siigo.get("/v1/webhooks")));
    REQUIRE(paged);
    CHECK(*paged == std::vector<Subscription>{*made});
    siigo.variants.bare_array_subscriptions = true;
    CHECK(siigo.get("/v1/webhooks").body.starts_with('['));
    const auto bare = siigo::read_subscriptions(json_of(siigo.get("/v1/webhooks")));
    REQUIRE(bare);
    CHECK(*bare == *paged);
}

TEST_CASE("a second subscription of a topic is made, or refused by variant", "[sim]") {
    SiigoInABox siigo;
    CHECK(siigo.send("POST", "/v1/webhooks", wish(stock, "https://a.example/")).status == 201);
    CHECK(siigo.send("POST", "/v1/webhooks", wish(stock, "https://b.example/")).status == 201);
    siigo.variants.second_subscription_refused = true;
    CHECK(code_of(siigo.send("POST", "/v1/webhooks", wish(stock, "https://c.example/"))) == "already_exists");
    CHECK(siigo.send("POST", "/v1/webhooks", wish(update, "https://c.example/")).status == 201);
}

TEST_CASE("PUT edits by the id in the body or the path, and without one pretends", "[sim]") {
    SiigoInABox siigo;
    const auto id = text_at(json_of(siigo.send("POST", "/v1/webhooks", wish(stock, "https://old.example/"))), "id");
    const auto url = [&] { return text_at(json_of(siigo.get("/v1/webhooks")), "results.0.url"); };

    CHECK(siigo.send("PUT", "/v1/webhooks", wish(stock, "https://none.example/")).status == 201);
    CHECK(url() == "https://old.example/");
    CHECK(siigo.send("PUT", "/v1/webhooks", wish(stock, "https://body.example/", R"(,"id":")" + id + '"')).status ==
          201);
    CHECK(url() == "https://body.example/");
    CHECK(siigo.send("PUT", "/v1/webhooks/" + id, R"({"active":false})").status == 201);
    CHECK(text_at(json_of(siigo.get("/v1/webhooks")), "results.0.active") == "false");
    CHECK(code_of(siigo.send("PUT", "/v1/webhooks/" + id, R"({"url":"http://x.example/"})")) == "invalid_url");

    siigo.variants.put_takes_body_id = siigo.variants.put_takes_path_id = false;
    CHECK(siigo.send("PUT", "/v1/webhooks", wish(stock, "https://late.example/", R"(,"id":")" + id + '"')).status ==
          201);
    CHECK(url() == "https://body.example/");
    CHECK(siigo.send("PUT", "/v1/webhooks/" + id, R"({"active":true})").status == 404);
}

TEST_CASE("a deleted subscription is gone, an unknown one not found", "[sim]") {
    SiigoInABox siigo;
    const auto id = text_at(json_of(siigo.send("POST", "/v1/webhooks", wish(stock, "https://a.example/"))), "id");
    CHECK(siigo.send("DELETE", "/v1/webhooks/" + id).body == R"({"id":")" + id + R"(","deleted":true})");
    CHECK(siigo.send("DELETE", "/v1/webhooks/" + id).status == 404);
    CHECK(siigo.send("DELETE", "/v1/webhooks/nonsense").status == 400);
    CHECK(total_of(siigo.get("/v1/webhooks")) == "0");
}

TEST_CASE("each change goes to the active subscriptions of its topic, and to no other", "[sim]") {
    SiigoInABox siigo;
    siigo.send("POST", "/v1/webhooks", wish(stock, "https://stock.example/"));
    siigo.send("POST", "/v1/webhooks", wish(update, "https://update.example/"));
    const auto id = text_at(json_of(siigo.send("POST", "/v1/webhooks", wish(stock, "https://idle.example/"))), "id");
    siigo.send("PUT", "/v1/webhooks/" + id, R"({"active":false})");

    siigo.command("sell", R"({"code":")" + siigo.stocked().code + R"(","quantity":1})");
    REQUIRE(siigo.outbox.letters.size() == 1);
    CHECK(siigo.outbox.letters.back().url == "https://stock.example/");
    siigo.command("product", R"({"action":"deactivate","code":")" + siigo.newest().code + R"("})");
    REQUIRE(siigo.outbox.letters.size() == 2);
    CHECK(siigo.outbox.letters.back().url == "https://update.example/");
    siigo.command("product", R"({"action":"create","code":"NEW-1"})");  // nobody subscribed to it
    siigo.command("sell", R"({"code":"NEW-1","stock":5,"announce":false})");
    CHECK(siigo.outbox.letters.size() == 2);
    CHECK(siigo.counts.unannounced_changes == 1);
}

TEST_CASE("notifications are dropped, doubled and delayed on command", "[sim]") {
    using namespace std::chrono_literals;
    SiigoInABox siigo;
    siigo.send("POST", "/v1/webhooks", wish(stock, "https://stock.example/"));
    const auto sell = [&] {
        siigo.outbox.letters.clear();
        siigo.command("sell", R"({"code":")" + siigo.stocked().code + R"(","quantity":1})");
    };
    siigo.faults.drop_notifications = 1;
    sell();
    CHECK(siigo.outbox.letters.empty());

    siigo.faults.duplicate_notifications = 1;
    sell();
    REQUIRE(siigo.outbox.letters.size() == 2);
    CHECK(siigo.outbox.letters[0].body == siigo.outbox.letters[1].body);

    siigo.faults.delay_notifications = 1;
    siigo.faults.delay_by = 700ms;
    sell();
    REQUIRE(siigo.outbox.letters.size() == 1);
    CHECK(siigo.outbox.letters[0].delay == 700ms);
    sell();
    REQUIRE(siigo.outbox.letters.size() == 1);
    CHECK(siigo.outbox.letters[0].delay == 0ms);
}
