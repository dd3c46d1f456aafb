#pragma once

#include "app/reason_log.hpp"
#include "app/remark.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/net/connector.hpp"

#include <string>

namespace stockcast {

/// What DATA_DIR holds, as far as `check` needs it.
struct StoreFacts {
    enum class State {
        missing,  ///< there is no store yet
        idle,     ///< nobody uses it
        served,   ///< a server runs on it
        unusable  ///< the findings say why
    } state = State::missing;
    std::string siigo_journal;   ///< what the SIIGO client kept last; empty: nothing
    std::string webhook_secret;  ///< that of the store; empty: none was made yet
};

/// The directory itself: there or makeable, ours, writable, room, kind of file system.
Remarks check_data_directory(const std::string& data_dir);
/// The store in it, opened without writing a byte (or copied by its server, when one runs).
StoreFacts look_into_store(const Settings& settings, Random& random, Remarks& findings);
/// Keys that tokens are signed with: length, permissions.
Remarks check_token_key(const Settings& settings);
/// Certificate and key: readable, a pair, in date, with the name of WEBHOOK_BASE_URL's host where that is this server.
Remarks check_tls(const Settings& settings, const Clock& clock);
/// HOST and PORT can be listened on.
Remarks check_listening(const Settings& settings);
/// ALERT_WEBHOOK_URL (a good one, see Settings): its name, its port, its certificate. Nothing is sent there. `log`: the
/// one that `connector` complains to. The finding names the host alone: path and query may be a secret.
asio::awaitable<Remark> check_alert_receiver(std::string url, Connector& connector, Clock& clock, ReasonLog& log);

}  // namespace stockcast
