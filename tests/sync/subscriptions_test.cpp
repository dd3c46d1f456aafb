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
