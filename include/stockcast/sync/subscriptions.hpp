#pragma once

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/store.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace stockcast {

struct SubscriptionSettings {
    CompanyName company = "main";
    std::string base_url;        ///< WEBHOOK_BASE_URL, such as `https://shop.example/api/webhooks`
    std::string secret;          ///< last part of the address; see use_secret()
    std::string application_id;  ///< SIIGO_PARTNER_ID: marks the ones that are ours
    std::chrono::milliseconds look_after{std::chrono::hours{1}};
};

/// One step towards the wanted state; pure (see plan_subscriptions).
struct SubscriptionStep {
    enum class Do { create, update, remove } what;
    Subscription subscription;  ///< as it should be, or the one to remove
};
/// What is to be done so that the listed subscriptions are as wanted: one for each of the three topics, ours, active,
/// with our address; own duplicates removed; others' never touched.
std::vector<SubscriptionStep> plan_subscriptions(const std::vector<Subscription>& listed,
                                                 const SubscriptionSettings& wanted);

/// Keeps the account's webhook subscriptions right: at the start and every hour; list, do what the plan says, list
/// again; a PUT that did not take is followed by delete and create. One that was right and no longer is raises an
/// alert.
class SubscriptionKeeper {
public:
    SubscriptionKeeper(SubscriptionSettings settings, siigo::Client& client, Ledger& ledger, Clock& clock, Log& log,
                       Alerts& alerts);
    ~SubscriptionKeeper();

    /// Once; returns ours as listed in the end, the secret masked; so they are also kept in the store. For `POST
    /// /api/webhooks/setup`.
    asio::awaitable<Result<std::vector<Subscription>>> put_right();

    struct Listed {
        std::vector<Subscription> own;  ///< the secret masked
        Instant as_of;
    };
    /// Ours as SIIGO lists them, changing nothing. SIIGO is asked once in `listed_anew` at most; where it can't be
    /// asked, as it last listed them. Errors: the client's, where it has not listed any since the start.
    asio::awaitable<Result<Listed>> listed();
    static constexpr std::chrono::seconds listed_anew{30};

    /// The address ends with this one from now on: what is subscribed is no longer in order.
    void use_secret(std::string secret);
    /// SIIGO's last list showed all of ours with the present address, active.
    bool is_in_order() const;
    /// The loop; returns when cancelled (total).
    asio::awaitable<void> run();
    /// The company key that SIIGO's subscriptions carry; empty: not known yet.
    std::string company_key() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
