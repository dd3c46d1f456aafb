#include "sync/subscription_plan.hpp"

#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using Do = SubscriptionStep::Do;

namespace {

const SubscriptionSettings wanted{"main", "https://shop.example/api/webhooks/", "s3cret-s3cret-s3cret", "stockcast"};
const std::string url = "https://shop.example/api/webhooks/receive/s3cret-s3cret-s3cret";

Subscription listed(std::string id, std::string_view topic, std::string at = url, bool active = true,
                    std::string application = "stockcast") {
    Subscription subscription;
    subscription.id = std::move(id);
    subscription.application_id = std::move(application);
    subscription.topic = topic;
    subscription.url = std::move(at);
    subscription.active = active;
    return subscription;
}

std::vector<Subscription> in_order() {
    return {listed("1", siigo::topic_create), listed("2", siigo::topic_update), listed("3", siigo::topic_stock)};
}

}  // namespace

TEST_CASE("an account without subscriptions gets one a topic, active, at our address", "[sync]") {
    const auto steps = plan_subscriptions({}, wanted);
    REQUIRE(steps.size() == 3);
    for (const auto& step : steps) {
        CHECK(step.what == Do::create);
        CHECK(step.subscription.url == url);
        CHECK(step.subscription.application_id == "stockcast");
        CHECK(step.subscription.active);
        CHECK(step.subscription.id.empty());
    }
    CHECK(steps[2].subscription.topic == siigo::topic_stock);
}

TEST_CASE("what is in order is left alone, so that a second run does nothing", "[sync]") {
    CHECK(plan_subscriptions(in_order(), wanted).empty());
}

TEST_CASE("a wrong address is corrected and an inactive one woken, under its own id", "[sync]") {
    auto account = in_order();
    account[0].url = "https://old.example/api/webhooks/receive/old";
    account[2].active = false;
    const auto steps = plan_subscriptions(account, wanted);
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].what == Do::update);
    CHECK(steps[0].subscription.id == "1");
    CHECK(steps[0].subscription.url == url);
    CHECK(steps[1].subscription.id == "3");
    CHECK(steps[1].subscription.active);
}

TEST_CASE("of own duplicates the one that is right stays", "[sync]") {
    auto account = in_order();
    account.insert(account.begin(), listed("wrong", siigo::topic_create, "https://old.example"));
    account.push_back(listed("asleep", siigo::topic_stock, url, /*active=*/false));
    const auto steps = plan_subscriptions(account, wanted);
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].what == Do::remove);
    CHECK(steps[0].subscription.id == "wrong");
    CHECK(steps[1].what == Do::remove);
    CHECK(steps[1].subscription.id == "asleep");
}

TEST_CASE("subscriptions of other applications are never touched", "[sync]") {
    auto account = in_order();
    account.push_back(listed("theirs", siigo::topic_stock, "https://other.example", false, "another"));
    CHECK(plan_subscriptions(account, wanted).empty());

    const std::vector only_theirs{listed("a", siigo::topic_create, url, true, "another")};
    CHECK(plan_subscriptions(only_theirs, wanted).size() == 3);
}

TEST_CASE("the secret is masked wherever it stands", "[sync]") {
    CHECK(masked(url, wanted.secret) == "https://shop.example/api/webhooks/receive/****");
    CHECK(masked("x", "") == "x");
    CHECK(masked("no secret in it", wanted.secret) == "no secret in it");
}
