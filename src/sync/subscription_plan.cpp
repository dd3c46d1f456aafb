#include "sync/subscription_plan.hpp"

#include "stockcast/siigo/translate.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace stockcast {
namespace {

constexpr std::array topics{siigo::topic_create, siigo::topic_update, siigo::topic_stock};

constexpr std::string_view receive_path = "/receive/";

/// The one that needs least doing comes first; among equals the oldest, so that the choice is the same each time.
auto merit(const Subscription& subscription, const std::string& url) {
    return std::tuple{subscription.url != url, !subscription.active, subscription.created_at, subscription.id};
}

}  // namespace

std::string subscription_url(const SubscriptionSettings& settings) {
    auto url = settings.base_url;
    while (url.ends_with('/')) url.pop_back();
    return url.append(receive_path).append(settings.secret);
}

std::string masked(std::string url, const std::string& secret) {
    constexpr std::string_view mask = "****";
    if (!secret.empty()) {
        for (auto at = url.find(secret); at != std::string::npos; at = url.find(secret, at + mask.size()))
            url.replace(at, secret.size(), mask);
    }
    if (const auto last = url.rfind(receive_path); last != std::string::npos)
        url.replace(last + receive_path.size(), std::string::npos, mask);
    return url;
}

std::vector<Subscription> own_subscriptions(const std::vector<Subscription>& listed,
                                            const SubscriptionSettings& settings) {
    std::vector<Subscription> own;
    for (const auto& subscription : listed)
        if (subscription.application_id == settings.application_id) own.push_back(subscription);
    return own;
}

std::vector<SubscriptionStep> plan_subscriptions(const std::vector<Subscription>& listed,
                                                 const SubscriptionSettings& wanted) {
    const auto url = subscription_url(wanted);
    std::vector<SubscriptionStep> steps;
    for (const auto topic : topics) {
        auto own = own_subscriptions(listed, wanted);
        std::erase_if(own, [topic](const Subscription& subscription) { return subscription.topic != topic; });
        if (own.empty()) {
            Subscription fresh;
            fresh.application_id = wanted.application_id;
            fresh.topic = topic;
            fresh.url = url;
            fresh.active = true;
            steps.push_back({SubscriptionStep::Do::create, std::move(fresh)});
            continue;
        }
        std::sort(own.begin(), own.end(),
                  [&url](const Subscription& a, const Subscription& b) { return merit(a, url) < merit(b, url); });
        auto& kept = own.front();
        if (kept.url != url || !kept.active) {
            auto right = kept;
            right.url = url;
            right.active = true;
            steps.push_back({SubscriptionStep::Do::update, std::move(right)});
        }
        for (std::size_t i = 1; i < own.size(); ++i) steps.push_back({SubscriptionStep::Do::remove, own[i]});
    }
    return steps;
}

}  // namespace stockcast
