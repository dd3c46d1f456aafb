#include "stockcast/sync/sync.hpp"

#include "sync/world.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view pages = "/v1/products?page=";
constexpr std::string_view by_id = "/v1/products?ids=";

}  // namespace

TEST_CASE("a first sync of 589 products is twelve requests, and a quiet pass after it is one", "[sync]") {
    World world;
    world.siigo.create(589);
    CHECK_FALSE(world.sync->status().first_completed);

    world.start_sync();
    world.pass(1min);
    CHECK(world.siigo.count(pages) == 12);
    CHECK(world.siigo.requests().size() == 13);  // and one for the token
    CHECK(world.products() == 589);
    CHECK(world.stock(589) == "1");
    REQUIRE(world.sync->status().first_completed);
    REQUIRE(world.finished.size() == 1);
    const auto first = world.finished.front();
    CHECK(first.outcome == SyncOutcome::completed);
    CHECK(first.created == 589);
    CHECK(first.requests == 12);
    CHECK(first.unannounced == 0);  // there was no mirror yet that webhooks could have told

    world.pass(10min);  // the overlap reaches behind the products' creation by then
    world.siigo.forget_requests();
    world.pass(5min);
    CHECK(world.siigo.requests().size() == 1);
    CHECK(world.siigo.count("updated_start=") == 1);
}

TEST_CASE("what no webhook told is found by the next incremental pass and counted", "[sync]") {
    World world;
    world.siigo.create(60);
    world.start_sync();
    world.pass(11min);
    world.siigo.sell(7, "0.5");
    world.pass(5min);
    CHECK(world.stock(7) == "0.5");
    const auto run = world.sync_logs().back();
    CHECK(run.kind == SyncKind::incremental);
    CHECK(run.updated == 1);
    CHECK(run.unannounced == 1);
    CHECK(run.seen == 1);
}

TEST_CASE("a pass that breaks off is logged with its error, and goes on within 30 s from where it was", "[sync]") {
    World world;
    world.siigo.create(400);
    unsigned answered = 0;
    world.siigo.before_products = [&](const std::string&) {
        if (++answered == 5) world.siigo.fail_products = 3;  // as often as one call is tried
    };
    world.start_sync();
    for (int i = 0; i < 200 && world.finished.empty(); ++i) world.pass(100ms);
    REQUIRE(world.finished.size() == 1);
    CHECK(world.finished.front().outcome == SyncOutcome::failed);
    CHECK(world.finished.front().pages == 4);
    CHECK_FALSE(world.finished.front().error.empty());
    CHECK(world.sync_logs().back().outcome == SyncOutcome::failed);
    CHECK_FALSE(world.sync->status().running);
    CHECK(world.log.has("broke off"));

    world.siigo.forget_requests();
    world.pass(30s);
    REQUIRE(world.siigo.count(pages) > 0);
    CHECK(world.siigo.requests().front().find("page=4&") != std::string::npos);  // one page of overlap
    CHECK(world.products() == 400);
    REQUIRE(world.sync_logs().size() == 1);
    CHECK(world.sync_logs().back().outcome == SyncOutcome::completed);
    CHECK(world.sync_logs().back().error.empty());
}

TEST_CASE("while SIIGO is down a pass is tried with growing pauses, and catches up when it is back", "[sync]") {
    World world{{.batch_size = 5}};
    world.siigo.create(500);
    world.start_sync();
    world.pass(5min);
    REQUIRE(world.products() == 500);

    world.siigo.forget_requests();
    world.siigo.fail_products = 1'000'000;
    world.siigo.sell(7, "3");
    world.pass(1h);
    CHECK(world.siigo.count(pages) < 60);
    CHECK(world.siigo.count(pages) > 5);

    world.siigo.fail_products = 0;
    world.pass(16min);  // the longest pause, and what the client itself takes to trust SIIGO again
    CHECK(world.stock(7) == "3");
}

TEST_CASE("asked to poll now it does not wait for what is due, nor after a failure", "[sync]") {
    World world;
    world.siigo.create(10);
    world.start_sync();
    world.start_fetcher();
    world.pass(1min);
    REQUIRE(world.products() == 10);
    world.siigo.sell(7, "3");
    world.sync->poll_now();
    world.pass(1s);
    CHECK(world.stock(7) == "3");

    const auto fail_once = [&world] {
        world.siigo.fail_products = 3;  // as often as one call is tried
        while (world.siigo.fail_products > 0) world.pass(100ms);
        world.siigo.forget_requests();
        world.pass(1s);
        REQUIRE(world.siigo.requests().empty());
    };
    world.siigo.sell(7, "2");
    world.sync->poll_now();
    fail_once();
    world.sync->poll_now();
    world.pass(1s);
    CHECK(world.stock(7) == "2");
    world.siigo.forget_requests();
    world.pass(1min);
    CHECK(world.siigo.count(pages) == 0);  // the next one comes when it is due

    world.observe(observation().about(8).as_of("12:02"));  // a webhook without a figure: a read is owed
    fail_once();
    world.fetcher->read_now();
    world.pass(1s);
    CHECK(world.siigo.count(by_id) == 1);
}

TEST_CASE("two minutes after half an hour without SIIGO the mirror is right again", "[sync]") {
    World world{{.batch_size = 1}};
    world.siigo.create(1'000);  // so many calls that a failure a minute leaves the share of failures low
    world.start_sync();
    world.start_fetcher();
    world.pass(45min);  // the first passes read all of them, product by product
    REQUIRE(world.products() == 1'000);

    world.siigo.fail_products = 1'000'000;
    world.siigo.sell(7, "3");
    world.observe(observation().about(8).as_of("12:02"));  // a webhook without a figure: a read is owed
    world.pass(30min);
    REQUIRE(world.stock(7) == "1");
    world.siigo.fail_products = 0;
    world.siigo.forget_requests();
    world.pass(2min);
    CHECK(world.stock(7) == "3");
    CHECK(world.siigo.count(by_id) > 0);
    CHECK(world.client->status().state == siigo::ClientStatus::State::healthy);
}

TEST_CASE("a product deleted at SIIGO is asked for by id, then deleted, by the next full pass", "[sync]") {
    World world;
    world.siigo.create(100);
    world.start_sync();
    world.pass(1min);
    world.siigo.item(42).listed = false;
    world.pass(1h);
    CHECK_FALSE(world.product(42)->deleted);  // incremental passes say nothing of it
    world.pass(23h);
    CHECK(world.siigo.count(by_id) == 1);
    CHECK(world.product(42)->deleted);
    CHECK(world.products() == 99);
    const auto runs = world.sync_logs();
    const auto deleting = std::count_if(runs.begin(), runs.end(), [](const SyncLog& run) { return run.deleted == 1; });
    CHECK(deleting == 1);
}

TEST_CASE("a product that pages don't show but SIIGO knows by id stays", "[sync]") {
    World world;
    world.siigo.create(8);
    world.start_sync();
    world.pass(4min);
    world.siigo.hide_from_pages = true;
    world.siigo.sell(3, "77");
    REQUIRE(world.sync->request(SyncKind::full) == SyncRequest::accepted);
    world.pass(1min);
    CHECK(world.siigo.count(by_id) == 1);
    CHECK(world.products() == 8);
    CHECK(world.stock(3) == "77");  // the confirming read is worth as much as any other
}

TEST_CASE("many missing at once are believed only when a second full pass misses them too", "[sync]") {
    World world;
    world.siigo.create(100);
    world.start_sync();
    world.pass(1min);
    for (std::uint64_t n = 1; n <= 30; ++n) world.siigo.item(n).listed = false;
    REQUIRE(world.sync->request(SyncKind::full) == SyncRequest::accepted);
    world.pass(1min);
    CHECK(world.siigo.count(by_id) == 0);
    CHECK(world.products() == 100);
    CHECK(world.log.has("30 of 100 products are missing"));
    CHECK(world.alerts.is_active(AlertKind::mass_deletion, "main"));

    SECTION("in one life") {}
    SECTION("over a restart") {
        world.restart();
        world.start_sync();
    }
    SECTION("and not those that came back") {
        for (std::uint64_t n = 1; n <= 10; ++n) world.siigo.item(n).listed = true;
    }
    const auto back = world.siigo.item(5).listed;
    world.pass(6min);
    CHECK(world.siigo.count(by_id) == (back ? 1 : 2));  // 20 a request
    CHECK(world.products() == (back ? 80 : 70));
    CHECK(world.log.has("for the second time"));
    CHECK_FALSE(world.alerts.is_active(AlertKind::mass_deletion, "main"));
}

TEST_CASE("after a restart the first sync counts as done, and an interrupted run as failed", "[sync]") {
    World world;
    world.siigo.create(400);
    world.start_sync();
    world.pass(1s);  // in the middle of the pages
    CHECK(world.sync->status().running);
    world.restart();
    CHECK_FALSE(world.sync->status().first_completed);
    world.start_sync();
    world.pass(1min);
    REQUIRE(world.sync_logs().size() == 2);
    CHECK(world.sync_logs()[0].outcome == SyncOutcome::failed);
    CHECK_FALSE(world.sync_logs()[0].error.empty());
    CHECK(world.sync_logs()[1].kind == SyncKind::full);
    CHECK(world.sync_logs()[1].outcome == SyncOutcome::completed);
    CHECK(world.products() == 400);

    world.restart();
    CHECK(world.sync->status().first_completed);
    world.start_sync();
    world.pass(1min);
    CHECK(world.sync_logs().back().kind == SyncKind::incremental);
}

TEST_CASE("a sync that is asked for runs at once, and only one at a time", "[sync]") {
    World world;
    world.siigo.create(120);
    world.start_sync();
    world.pass(1min);
    CHECK(world.sync->request(SyncKind::full) == SyncRequest::accepted);
    CHECK(world.sync->request(SyncKind::full) == SyncRequest::already_running);
    world.pass(300ms);
    CHECK(world.sync->status().running);
    CHECK(world.sync->request(SyncKind::incremental) == SyncRequest::already_running);
    world.pass(10s);
    CHECK_FALSE(world.sync->status().running);
    CHECK(world.sync_logs().back().source == Source::manual_sync);
    CHECK(world.sync_logs().back().kind == SyncKind::full);
    CHECK(world.sync->request(SyncKind::incremental) == SyncRequest::accepted);
    world.pass(10s);
    CHECK(world.sync_logs().size() == 3);
}

TEST_CASE("products that come and go while a first sync pages are all there in the end", "[sync]") {
    World world;
    world.siigo.create(300);
    unsigned request = 0;
    world.siigo.before_products = [&](const std::string&) {
        ++request;
        if (request == 3) world.siigo.item(290).listed = false;
        if (request == 5) world.siigo.create();
    };
    world.start_sync();
    world.pass(1min);
    CHECK(world.products() == 301);  // the one deleted after its page was read goes with the next full pass
    CHECK(world.product(301));
    CHECK(request <= 8);
    CHECK(world.finished.size() == 1);
}

TEST_CASE("a page that is older than a webhook does not undo it", "[sync]") {
    World world;
    world.siigo.create(10);
    world.start_sync();
    world.pass(1min);
    world.siigo.before_products = [&](const std::string& target) {
        if (target.find("updated_start") == std::string::npos) return;
        // The page was asked for; while SIIGO works on it a sale is announced.
        world.siigo.before_products = nullptr;
        auto said = observation().about(4).with_stock(0).as_of("12:06");
        Submission submission;
        Observation sale = said;
        sale.seen = world.ledger->tick();
        sale.seen_at = world.clock.wall();
        sale.cause = world.ledger->new_log_id();
        WebhookLog entry;
        entry.id = sale.cause;
        entry.company = "main";
        entry.received_at = sale.seen_at;
        entry.product = sale.product;
        entry.payload = "{}";
        submission.webhook = entry;
        submission.observations.push_back(sale);
        asio::co_spawn(world.io, world.ledger->apply(std::move(submission)), [](std::exception_ptr, Result<Commit>) {});
    };
    world.pass(6min);
    CHECK(world.siigo.before_products == nullptr);
    CHECK(world.stock(4) == "0");
}

TEST_CASE("a stop ends the loops at once and without an error, whatever they are at", "[sync]") {
    World world;
    world.siigo.create(400);
    world.start_sync();
    world.start_fetcher();
    world.tasks->spawn("subscriptions", world.keeper->run());
    SECTION("in the middle of a pass") {
        world.pass(700ms);
    }
    SECTION("between two passes") {
        world.pass(2min);
    }
    SECTION("after a break") {
        world.siigo.fail_products = 1'000;
        world.pass(40s);
    }
    const auto errors = world.log.count("broke off");
    const auto before = world.clock.now();
    world.restart();
    CHECK(world.clock.now() - before < 10ms);
    CHECK(world.log.count("broke off") == errors);
    CHECK_FALSE(world.log.has("task"));  // which ended by an exception
}
