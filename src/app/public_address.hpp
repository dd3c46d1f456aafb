#pragma once

#include "app/reason_log.hpp"
#include "app/remark.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/net/connector.hpp"

#include <string>

namespace stockcast {

/// WEBHOOK_BASE_URL as SIIGO meets it, asked from this machine: over its public name, with the system's trust.
class PublicAddress {
public:
    /// `base_url` is a good URL (Settings). `log`: the one that `connector` complains to.
    PublicAddress(std::string base_url, Connector& connector, Clock& clock, ReasonLog& log);

    /// What a harmless question finds there. `server_runs`: ours, so that something must answer.
    asio::awaitable<Remark> look(bool server_runs);
    /// Sends a notification as SIIGO would. The finding is good when it was taken with 200.
    asio::awaitable<Remark> notify(std::string secret, std::string body);

private:
    struct Answer {
        unsigned status = 0;   ///< 0: none came
        bool is_ours = false;  ///< answered as stockcast does
        std::string reason;    ///< why none came
        bool timed_out = false;
    };
    asio::awaitable<Answer> ask(std::string method, std::string path, std::string body);
    Remark unreachable(const Answer& answer) const;
    Remark wrong_answer(const Answer& answer) const;

    std::string base_url_;
    HttpUrl url_;
    Connector& connector_;
    Clock& clock_;
    ReasonLog& log_;
};

}  // namespace stockcast
