#pragma once

#include "app/webhook_signature.hpp"

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/event.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/net/http_client.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace stockcast {

/// ALERT_WEBHOOK_URL taken apart; a query is kept. The whole of it may be a secret.
struct AlertTarget {
    HttpUrl url;
    std::string target;  ///< path and query
    /// `https://…`, or `http://` on loopback, without user or fragment. Errors: `malformed`.
    static Result<AlertTarget> parse(std::string_view text);
};

struct AlertPosterLimits {
    std::size_t waiting_max = 64;  ///< beyond: the oldest is dropped, and counted
    std::chrono::milliseconds answer_within{15'000};
    std::chrono::milliseconds first_pause{2'000};  ///< doubled after each failure
    std::chrono::milliseconds longest_pause{std::chrono::minutes{10}};
    std::chrono::milliseconds give_up_after{std::chrono::hours{24}};  ///< from the alert on
};

/// POSTs each alert to ALERT_WEBHOOK_URL, signed after Standard Webhooks, one after the other and until a 2xx comes;
/// the id stays the same when one is sent again.
class AlertPoster {
public:
    AlertPoster(AlertTarget target, SigningKey key, Connector& connector, asio::any_io_executor executor, Clock& clock,
                Random& random, Log& log, Metrics& metrics, AlertPosterLimits limits = {});

    void post(const Alert& alert);
    /// Waits until all is delivered, at most so long: before a server that has failed ends its loops.
    asio::awaitable<void> wait_until_delivered(std::chrono::milliseconds patience);
    /// The loop; returns when cancelled (total), whatever still waits.
    asio::awaitable<void> run();

private:
    struct Message {
        std::string id;
        std::string body;
        Steady made;
    };
    enum class Delivered { yes, failed, stopping };
    asio::awaitable<Delivered> deliver(const Message& message);
    /// Nothing: it is delivered or given up.
    std::optional<std::chrono::milliseconds> pause_after(unsigned failures, const Message& message) const;
    HttpClientRequest request_for(const Message& message) const;

    AlertTarget target_;
    SigningKey key_;
    Clock& clock_;
    Random& random_;
    Log& log_;
    AlertPosterLimits limits_;
    HttpClient http_;
    Event queued_;
    std::deque<Message> waiting_;
    std::string why_;  ///< the last failure
    Counter& delivered_;
    Counter& failed_attempts_;
    Counter& dropped_;
};

}  // namespace stockcast
