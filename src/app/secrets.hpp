#pragma once

#include "app/webhook_signature.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/http/jwt.hpp"
#include "stockcast/store/store.hpp"

#include <string>

namespace stockcast {

/// The keys that tokens are checked with: JWT_PUBLIC_KEY_FILE, else JWT_SECRET (and JWT_SECRET_PREVIOUS), else
/// `DATA_DIR/jwt.key`, which is made (0600, 256 bits) when it is missing. Throws Failure.
JwtKeys load_jwt_keys(const Settings& settings, Random& random);

/// What alerts are signed with: ALERT_WEBHOOK_SECRET, else `DATA_DIR/alert.key`, which is made (0600, 256 bits) when it
/// is missing: the receiver is given what stands there. Throws Failure.
SigningKey load_alert_key(const Settings& settings, Random& random);

struct WebhookSecretsHeld {
    std::string present;
    std::string former;  ///< empty: no rotation is under way
};
/// WEBHOOK_SECRET, else the store's own, which is made (256 bits) when it is missing. Blocking: before the executor
/// runs. Throws Failure.
WebhookSecretsHeld load_webhook_secrets(const Settings& settings, Store& store, Random& random);

std::string new_webhook_secret(Random& random);
/// What the store is to keep when `next` takes the place of `present`, and when the former one has served.
Batch rotation_of(const std::string& present, const std::string& next);
Batch retirement();

}  // namespace stockcast
