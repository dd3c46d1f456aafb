#include "stockcast/sync/subscriptions.hpp"

#include "sync/world.hpp"

#include "stockcast/siigo/translate.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

const std::string url = "https://shop.example/api/webhooks/receive/" + std::string{webhook_secret};

std::size_t changes(const ScriptedSiigo& siigo) {
    return siigo.count("POST /v1") + siigo.count("PUT") + siigo.count("DELETE");
}

}  // namespace

TEST_CASE("an account gets its three subscriptions, and a second run changes nothing", "[sync]") {
    World world;
    const auto made = world.wait_for(world.keeper->put_right());
    REQUIRE(made);
    CHECK(made->size() == 3);
    CHECK(changes(world.siigo) == 3);
    for (const auto& subscription : world.siigo.subscriptions) CHECK(subscription.url == url);
    CHECK(world.keeper->company_key() == "acme");

    const auto again = world.wait_for(world.keeper->put_right());
    REQUIRE(again);
    CHECK(*again == *made);
    CHECK(changes(world.siigo) == 3);
}

TEST_CASE("a PUT that did not take is followed by delete and create", "[sync]") {
    World world;
    Subscription old;
    old.id = product_id(800).to_string();
    old.application_id = "stockcast";
    old.topic = siigo::topic_stock;
    old.url = "https://old.example/hook";
    old.active = true;
    auto theirs = old;
    theirs.id = product_id(801).to_string();
    theirs.application_id = "another";
    world.siigo.subscriptions = {old, theirs};

    const bool takes = GENERATE(true, false);
    CAPTURE(takes);
    world.siigo.put_takes = takes;
    const auto own = world.wait_for(world.keeper->put_right());
    REQUIRE(own);
    CHECK(own->size() == 3);
    CHECK(world.siigo.count("PUT") == 1);
    CHECK(world.siigo.count("DELETE") == (takes ? 0 : 1));
    REQUIRE(world.siigo.subscriptions.size() == 4);
    for (const auto& subscription : world.siigo.subscriptions)
        CHECK(subscription.url == (subscription.application_id == "another" ? "https://old.example/hook" : url));
}

TEST_CASE("one of ours that somebody changes raises an alert until it is right again", "[sync]") {
    World world;
    REQUIRE(world.wait_for(world.keeper->put_right()));
    CHECK(world.alerts.active().empty());  // to make them for the first time is no matter
    std::vector<Alert> told;
    world.alerts.on_alert([&](const Alert& alert) { told.push_back(alert); });

    auto& subscriptions = world.siigo.subscriptions;
    std::erase_if(subscriptions, [](const Subscription& s) { return s.topic == siigo::topic_create; });
    for (auto& subscription : subscriptions)
        if (subscription.topic == siigo::topic_stock) subscription.url = "https://elsewhere.example/hook";
    REQUIRE(world.wait_for(world.keeper->listed()));
    world.pass(30s);
    REQUIRE(world.wait_for(world.keeper->listed()));
    REQUIRE(told.size() == 2);
    CHECK(world.alerts.is_active(AlertKind::subscription_changed, siigo::topic_create));
    CHECK(world.alerts.is_active(AlertKind::subscription_changed, siigo::topic_stock));
    REQUIRE(world.wait_for(world.keeper->put_right()));
    CHECK(world.alerts.active().empty());
    CHECK(told.size() == 4);

    world.keeper->use_secret("another-secret-of-sixteen");  // our own doing
    REQUIRE(world.wait_for(world.keeper->put_right()));
    CHECK(told.size() == 4);
}

TEST_CASE("ours are listed without a change, and SIIGO is asked twice a minute at most", "[sync]") {
    World world;
    Subscription old;
    old.id = product_id(800).to_string();
    old.application_id = "stockcast";
    old.topic = siigo::topic_stock;
    old.url = "https://old.example/api/webhooks/receive/a-former-secret-that-still-matters";
    auto theirs = old;
    theirs.application_id = "another";
    world.siigo.subscriptions = {old, theirs};
    const auto listed = world.wait_for(world.keeper->listed());
    REQUIRE(listed);
    REQUIRE(listed->own.size() == 1);
    CHECK(listed->own.front().url == "https://old.example/api/webhooks/receive/****");
    CHECK(changes(world.siigo) == 0);

    world.siigo.subscriptions.clear();
    CHECK(world.wait_for(world.keeper->listed())->own.size() == 1);
    CHECK(world.siigo.count("GET /v1/webhooks") == 1);
    world.pass(30s);
    CHECK(world.wait_for(world.keeper->listed())->own.empty());
}

TEST_CASE("another secret is another address", "[sync]") {
    World world;
    REQUIRE(world.wait_for(world.keeper->put_right()));
    CHECK(world.keeper->is_in_order());
    world.keeper->use_secret("another-secret-of-sixteen");
    CHECK_FALSE(world.keeper->is_in_order());
    const auto own = world.wait_for(world.keeper->put_right());
    REQUIRE(own);
    CHECK(world.keeper->is_in_order());
    CHECK(world.siigo.count("PUT") == 3);
    for (const auto& subscription : world.siigo.subscriptions)
        CHECK(subscription.url == "https://shop.example/api/webhooks/receive/another-secret-of-sixteen");
    for (const auto& subscription : *own) CHECK(subscription.url == "https://shop.example/api/webhooks/receive/****");
}

TEST_CASE("the subscriptions are looked after every hour, and the secret is never told", "[sync]") {
    World world;
    world.tasks->spawn("subscriptions", world.keeper->run());
    world.pass(1min);
    CHECK(world.siigo.subscriptions.size() == 3);
    world.siigo.subscriptions.front().active = false;
    world.pass(1h);
    CHECK(world.siigo.subscriptions.front().active);

    for (const auto& line : world.log.lines()) {
        CHECK(line.english.find(webhook_secret) == std::string::npos);
        CHECK(line.spanish.find(webhook_secret) == std::string::npos);
    }
    const auto kept = world.store.entries(Family::subscriptions);
    CHECK(kept.size() == 3);
    for (const auto& [key, value] : kept) {
        const auto subscription = records::decode_subscription(value);
        REQUIRE(subscription);
        CHECK(subscription->url == "https://shop.example/api/webhooks/receive/****");
    }
}
