#pragma once

#include "app/local_server.hpp"
#include "app/process.hpp"
#include "app/progress_bar.hpp"
#include "app/reason_log.hpp"
#include "app/remark.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/net/connector.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace stockcast {

/// The steps of `setup`, each asked of a server and told in a line. Taken again they change nothing.
class Activation {
public:
    struct Parts {
        const Settings& settings;
        LocalServer& server;
        Connector& outside;  ///< with the system's trust, as SIIGO has it
        Process& process;
        ReasonLog& log;  ///< the one that `outside` complains to
        Language language;
    };
    /// `token`: an admin's. `secret`: the server's webhook secret.
    Activation(Parts parts, std::string token, std::string secret)
        : parts_(parts),
          token_(std::move(token)),
          secret_(std::move(secret)),
          bar_(parts.process.clock, parts.language) {}

    /// The exit code.
    asio::awaitable<int> run();

private:
    /// What one look at /api/stats tells of the sync.
    struct Look {
        bool reached = false;
        bool running = false;
        std::string last_sync;  ///< time of the last completed pass; empty: none yet
        std::string siigo_state;
        std::string products;
        std::uint64_t done = 0;
        std::optional<std::uint64_t> total;
        bool operator==(const Look&) const = default;
    };
    /// What the newest entry of /api/sync/logs says went wrong since setup began; what went wrong before is no news.
    struct Trouble {
        std::string run;
        std::string error;  ///< empty: nothing
        bool operator==(const Trouble&) const = default;
    };

    // The steps: true unless it has told that it failed.
    asio::awaitable<bool> sync();
    asio::awaitable<bool> subscribe();
    asio::awaitable<bool> test_public_address();
    asio::awaitable<void> tell_state();

    asio::awaitable<bool> follow_sync(Look before);
    asio::awaitable<Look> look();
    asio::awaitable<Trouble> last_trouble();
    asio::awaitable<bool> has_arrived(std::string product, std::string mark);
    asio::awaitable<LocalServer::Answer> ask(std::string method, std::string target, std::chrono::milliseconds limit);
    /// What a GET is answered with; null where that is not 200.
    asio::awaitable<Json> get(std::string target);
    bool tell(const Remark& finding);

    Parts parts_;
    std::string began_ = parts_.process.clock.wall().to_iso_ms();
    std::string token_;
    std::string secret_;
    ProgressBar bar_;
};

}  // namespace stockcast
