#pragma once

#include "stockcast/sync/subscriptions.hpp"

#include <string>
#include <vector>

namespace stockcast {

/// The whole address that SIIGO is to be given: WEBHOOK_BASE_URL, `/receive/`, the secret.
std::string subscription_url(const SubscriptionSettings& settings);

/// `url` with the secret in it replaced by `****`, also one that is no longer ours: for logs, the store and the API.
std::string masked(std::string url, const std::string& secret);

/// Those whose `application_id` is ours; the others' are none of our business.
std::vector<Subscription> own_subscriptions(const std::vector<Subscription>& listed,
                                            const SubscriptionSettings& settings);

}  // namespace stockcast
