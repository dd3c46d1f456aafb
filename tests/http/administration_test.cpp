#include "http/world.hpp"
#include "support/run.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

const std::string id_1 = product_id(1).to_string();

/// SIIGO, as far as a refresh sees it: the product has this figure, or is not there.
void siigo_says(World& world, std::optional<std::string> figure) {
    world.upstream.on_refresh = [&world, figure](ProductId product) -> asio::awaitable<Result<Outcome>> {
        Observation said = figure ? observation().by_read().with_stock(*figure).coded("PROD001").build()
                                  : observation().by_absence().build();
        said.product = product;
        said.source = Source::refresh;
        said.seen = world.ledger->tick();
        said.seen_at = world.clock.wall();
        said.cause = world.ledger->new_log_id();
        Submission submission;
        submission.observations.push_back(std::move(said));
        const auto done = co_await world.ledger->apply(std::move(submission));
        co_return done->outcomes.front();
    };
}

HttpResponse test_with(World& world, std::string_view body) {
    return world.ask(post("/api/webhooks/test").bearing(world.token(Role::admin)).sending(body));
}

std::string stock_of(World& world, std::string_view id) {
    return text_at(world.ask(get("/api/products/" + std::string{id}).bearing(world.token(Role::viewer))),
                   "product.available_quantity");
}

Json changes(World& world) {
    return member(parsed(world.ask(get("/api/changes").bearing(world.token(Role::viewer)))), "changes");
}

std::string text_in(const Json& value, std::string_view path) {
    const auto found = member(value, path);
    return found.if_string() != nullptr ? *found.if_string() : to_text(found);
}

}  // namespace

TEST_CASE("a test is a change, and so is what SIIGO says right afterwards", "[http][administration]") {
    World world;
    REQUIRE(world.ask(notify(notification("10"))).status == 200);
    siigo_says(world, "10");
    const auto response = test_with(world, R"({"product_id":")" + id_1 + R"(","new_stock":15.50})");
    REQUIRE(response.status == 200);
    CHECK(text_at(response, "processed") == "true");
    CHECK(text_at(response, "result") == "applied");
    CHECK(text_at(response, "payload.available_quantity") == "15.5");
    CHECK(text_at(response, "payload.id") == id_1);
    CHECK(text_at(response, "afterwards") == "read_again");

    const auto all = changes(world);
    REQUIRE(all.if_array()->size() == 3);
    CHECK(text_in(all, "1.source") == "test");
    CHECK(text_in(all, "1.newStock") == "15.5");
    CHECK(text_in(all, "1.cause") == text_at(response, "id"));
    CHECK(text_in(all, "2.source") == "refresh");
    CHECK(text_in(all, "2.newStock") == "10");
    const auto logs = world.ask(get("/api/webhooks/logs?limit=1").bearing(world.token(Role::viewer)));
    CHECK(text_at(logs, "logs.0.source") == "test");
    CHECK(text_at(logs, "logs.0.old_stock") == "10");
}

TEST_CASE("where SIIGO can't be asked, the figure of before the test comes back whole", "[http][administration]") {
    World world;
    world.upstream.state.enabled = GENERATE(true, false);
    auto held = observation().coded("PROD001").with_stock("10").in_warehouse("1270", "Bodega", "10").as_of("10:30");
    world.observe(held);
    const auto before = world.ask(get("/api/products/" + id_1).bearing(world.token(Role::viewer))).body;
    const auto response = test_with(world, R"({"product_code":"PROD001","new_stock":"3"})");
    REQUIRE(response.status == 200);
    CHECK(text_at(response, "afterwards") == "put_back");

    const auto all = changes(world);
    REQUIRE(all.if_array()->size() == 3);
    CHECK(text_in(all, "2.source") == "test");
    CHECK(text_in(all, "2.oldStock") == "3");
    CHECK(text_in(all, "2.newStock") == "10");
    const auto now = parsed(world.ask(get("/api/products/" + id_1).bearing(world.token(Role::viewer))));
    auto earlier = *parse_json(before);
    CHECK(member(now, "product.warehouses") == member(earlier, "product.warehouses"));
    CHECK(member(now, "product.metadata") == member(earlier, "product.metadata"));
}

TEST_CASE("a product that a test made up is gone afterwards", "[http][administration]") {
    World world;
    const bool answers = GENERATE(true, false);
    if (answers) siigo_says(world, std::nullopt);
    const char* body = GENERATE(R"({"product_id":"NEW-1","new_stock":1})", R"({"product_code":"NEW-1","new_stock":1})",
                                R"({"product_id":"00000000-0000-4000-8000-00000000aaaa","new_stock":1})");
    const auto response = test_with(world, body);
    REQUIRE(response.status == 200);
    CHECK(text_at(response, "made_up") == "true");
    CHECK(text_at(response, "afterwards") == (answers ? "read_again" : "put_back"));
    const auto all = changes(world);
    REQUIRE(all.if_array()->size() == 2);
    CHECK(text_in(all, "0.type") == "product_created");
    CHECK(text_in(all, "1.type") == "product_deleted");
    CHECK(world.ledger->status().counters.products == 0);
    // It can be made up again.
    CHECK(test_with(world, body).status == 200);
}

TEST_CASE("a test that a crash cut short is taken back at the next start", "[http][administration]") {
    World world;
    world.observe(observation().coded("PROD001").with_stock("10").as_of("10:30"));
    world.observe(observation().from(Source::test).with_stock("99"));
    world.observe(observation().about(2).coded("X").from(Source::test).with_stock("1"));
    CHECK(stock_of(world, id_1) == "99");

    asio::cancellation_signal stop;
    asio::co_spawn(world.io, world.api->run(), asio::bind_cancellation_slot(stop.slot(), asio::detached));
    const auto two_more = world.ledger->status().head + 2;
    while (world.ledger->status().head < two_more) {
        world.io.restart();
        world.io.run_one();
    }
    stop.emit(asio::cancellation_type::total);
    world.io.restart();
    world.io.run();
    CHECK(stock_of(world, id_1) == "10");
    CHECK(world.ledger->status().counters.products == 1);
}

TEST_CASE("what SIIGO says during a test is not undone by its end", "[http][administration]") {
    World world;
    REQUIRE(world.ask(notify(notification("10"))).status == 200);
    world.upstream.on_refresh = [&world](ProductId) -> asio::awaitable<Result<Outcome>> {
        auto sale = observation().with_stock("9").as_of("10:31").build();
        sale.seen = world.ledger->tick();
        sale.seen_at = world.clock.wall();
        sale.cause = world.ledger->new_log_id();
        Submission submission;
        submission.observations.push_back(std::move(sale));
        (void)co_await world.ledger->apply(std::move(submission));
        co_return Errc::siigo_unavailable;
    };
    REQUIRE(test_with(world, R"({"product_code":"PROD001","new_stock":50})").status == 200);
    CHECK(stock_of(world, id_1) == "9");
}

TEST_CASE("a test's body is refused with what is wrong in it", "[http][administration]") {
    World world;
    struct Row {
        const char* body;
        unsigned status;
        const char* member;
    };
    const auto row = GENERATE(values<Row>({
        {"", 400, ""},
        {"[]", 400, ""},
        {R"({"new_stock":1,"new_stock":2})", 400, ""},
        {R"({})", 422, "product_id"},
        {R"({"new_stock":1})", 422, "product_id"},
        {R"({"product_id":"A"})", 422, "new_stock"},
        {R"({"product_id":"","new_stock":1})", 422, "product_id"},
        {R"({"product_id":["A"],"new_stock":1})", 422, "product_id"},
        {R"({"product_id":"A","new_stock":null})", 422, "new_stock"},
        {R"({"product_id":"A","new_stock":"many"})", 422, "new_stock"},
        {R"({"product_id":"A","new_stock":1e300})", 422, "new_stock"},
        {R"({"product_id":"A","product_code":"B","new_stock":1})", 422, "product_code"},
        {R"({"product_id":"A","stock":1,"new_stock":1})", 422, "stock"},
    }));
    CAPTURE(row.body);
    const auto response = test_with(world, row.body);
    CHECK(response.status == row.status);
    if (row.status == 422) CHECK(text_at(response, "errors.0.member") == row.member);
    CHECK(world.ledger->status().head == 0);
    const auto untyped = post("/api/webhooks/test").bearing(world.token(Role::admin)).sending("{}", "text/plain");
    CHECK(world.ask(untyped).status == 415);
}

TEST_CASE("a notification is put through again under a log entry of its own", "[http][administration]") {
    World world;
    REQUIRE(world.ask(notify(notification("10"))).status == 200);
    const auto id =
        text_at(world.ask(get("/api/webhooks/logs?limit=1").bearing(world.token(Role::viewer))), "logs.0.id");
    world.observe(observation().by_read().with_stock("4").coded("PROD001"));
    const auto again = world.ask(post("/api/webhooks/logs/" + id + "/reprocess").bearing(world.token(Role::admin)));
    REQUIRE(again.status == 200);
    CHECK(text_at(again, "reprocess_of") == id);
    CHECK(text_at(again, "log.reprocess_of") == id);
    CHECK(text_at(again, "log.source") == "replay");
    CHECK(text_at(again, "log.payload.available_quantity") == "10");
    const auto kept = world.ask(get("/api/webhooks/logs/" + text_at(again, "id")).bearing(world.token(Role::viewer)));
    CHECK(member(parsed(kept), "log") == member(parsed(again), "log"));
}

TEST_CASE("what can't be put through again says why, and a refusal is logged again", "[http][administration]") {
    World world;
    const auto token = world.token(Role::admin);
    const auto reprocess = [&](const std::string& id) {
        return world.ask(post("/api/webhooks/logs/" + id + "/reprocess").bearing(token));
    };
    const auto newest = [&] { return parsed(world.ask(get("/api/webhooks/logs?limit=1").bearing(token))); };
    CHECK(reprocess("x").status == 404);
    CHECK(reprocess(log_id(7).to_string()).status == 404);

    REQUIRE(world.ask(notify(R"({"topic":"no.such.topic","id":"x"})")).status == 422);
    const auto refused = text_in(newest(), "logs.0.id");
    const auto answer = reprocess(refused);
    CHECK(answer.status == 422);
    CHECK(text_at(answer, "reprocess_of") == refused);
    CHECK(text_at(answer, "errors.0.member").size() > 1);
    CHECK(text_in(newest(), "logs.0.reprocess_of") == refused);
    CHECK(text_in(newest(), "logs.0.id") == text_at(answer, "id"));

    REQUIRE(test_with(world, R"({"product_id":"A","new_stock":1})").status == 200);
    CHECK(reprocess(text_in(newest(), "logs.0.id")).status == 409);
    auto verdict = world.api->judge(notify("{}"));
    run(world.io, world.api->note_too_large(std::move(verdict.admitted)));
    CHECK(reprocess(text_in(newest(), "logs.0.id")).status == 409);
}

TEST_CASE("a product is read from SIIGO on request", "[http][administration]") {
    World world;
    const auto token = world.token(Role::admin);
    const auto refresh = [&](const std::string& target) {
        return world.ask(post("/api/products/" + target).bearing(token));
    };
    siigo_says(world, "7");
    const auto created = refresh(id_1 + "/refresh");
    CHECK(created.status == 200);
    CHECK(text_at(created, "changed") == "true");
    CHECK(text_at(created, "product.available_quantity") == "7");
    CHECK(refresh("PROD001/refresh?by=code").status == 200);
    CHECK(refresh("PROD002/refresh?by=code").status == 404);
    CHECK(refresh("PROD001/refresh").status == 404);
    CHECK(refresh("PROD001/refresh?by=name").status == 400);
    siigo_says(world, std::nullopt);
    const auto gone = refresh(id_1 + "/refresh");
    CHECK(gone.status == 200);
    CHECK(text_at(gone, "product.deleted") == "true");
    CHECK(refresh(product_id(9).to_string() + "/refresh").status == 404);
}

TEST_CASE("where SIIGO can't be asked the answer says whose fault it is", "[http][administration]") {
    World world;
    struct Row {
        boost::system::error_code why;
        unsigned status;
    };
    const auto row = GENERATE(values<Row>({{Errc::siigo_unavailable, 502},
                                           {Errc::siigo_rejected, 502},
                                           {Errc::siigo_unauthorized, 502},
                                           {Errc::malformed, 502},
                                           {Errc::siigo_throttled, 503},
                                           {Errc::timed_out, 503},
                                           {Errc::store_full, 503},
                                           {Errc::stopping, 503}}));
    CAPTURE(row.why.message());
    world.upstream.on_refresh = [why = row.why](ProductId) -> asio::awaitable<Result<Outcome>> { co_return why; };
    world.upstream.state.siigo_detail = "the detail";
    world.upstream.state.webhooks_configured = true;
    world.upstream.subscribed = row.why;
    const auto token = world.token(Role::admin);
    const auto refreshed = world.ask(post("/api/products/" + id_1 + "/refresh").bearing(token));
    CHECK(refreshed.status == row.status);
    CHECK(refreshed.fields.has("Retry-After") == (row.status == 503));
    CHECK(world.ask(post("/api/webhooks/setup").bearing(token)).status == row.status);
    CHECK(world.ask(get("/api/webhooks/subscriptions").bearing(token)).status == row.status);
    world.upstream.state.enabled = false;
    CHECK(world.ask(post("/api/products/" + id_1 + "/refresh").bearing(token)).status == 503);
    CHECK(world.ask(post("/api/webhooks/setup").bearing(token)).status == 409);
}

TEST_CASE("subscriptions are shown as they are, and only https may be set up", "[http][administration]") {
    World world;
    Subscription own{"s-1",
                     "partner",
                     "public.siigoapi.products.update",
                     "https://shop.example/receive/****",
                     "acme",
                     true,
                     "2025-01-20T10:00:00Z"};
    world.upstream.subscribed = std::vector{own};
    const auto admin = world.token(Role::admin);
    CHECK(world.ask(post("/api/webhooks/setup").bearing(admin)).status == 409);
    CHECK(world.upstream.set_ups == 0);
    world.upstream.state.webhooks_configured = true;
    const auto set_up = world.ask(post("/api/webhooks/setup").bearing(admin));
    REQUIRE(set_up.status == 200);
    const auto listed = world.ask(get("/api/webhooks/subscriptions").bearing(world.token(Role::viewer)));
    REQUIRE(listed.status == 200);
    CHECK(member(parsed(listed), "subscriptions") == member(parsed(set_up), "subscriptions"));
    CHECK(to_text(member(parsed(set_up), "subscriptions.0")) ==
          R"({"id":"s-1","application_id":"partner","topic":"public.siigoapi.products.update",)"
          R"("url":"https://shop.example/receive/****","company_key":"acme","active":true,)"
          R"("created_at":"2025-01-20T10:00:00Z"})");
}
