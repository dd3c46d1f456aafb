#pragma once

#include "stockcast/app/settings.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/http/jwt.hpp"
#include "stockcast/store/store.hpp"

#include <string>

namespace stockcast {

/// The key that tokens are checked with: JWT_PUBLIC_KEY_FILE, else JWT_SECRET, else `DATA_DIR/jwt.key`, which is made
/// (0600, 256 bits) when it is missing. Throws Failure.
JwtKeys load_jwt_keys(const Settings& settings, Random& random);

/// WEBHOOK_SECRET, else the store's own, which is made (256 bits) when it is missing. Blocking: before the executor
/// runs. Throws Failure.
std::string load_webhook_secret(const Settings& settings, Store& store, Random& random);

}  // namespace stockcast
