#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/siigo/translate.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast::siigo {

struct ClientSettings {
    CompanyName company = "main";
    std::string base_url = "https://api.siigo.com";
    std::string username;
    std::string access_key;  ///< a secret: never logged
    std::string partner_id;
    unsigned requests_per_minute = 80;
    std::chrono::milliseconds spacing{200};
    std::chrono::seconds request_timeout{120};  ///< SIIGO recommends 120 s or more
};

/// Where the client keeps what a restart must not forget: the times of the last minute's sends, the hourly buckets of
/// calls and failures of 7 days, refusals in a row. One opaque value (store/fields.hpp's form), made durable *before* a
/// send. siigo cannot know the ledger: app joins them.
class ClientJournal {
public:
    virtual ~ClientJournal() = default;
    /// Resumes when `state` is durable. Errors: the store's; the call is then not made.
    virtual asio::awaitable<Result<void>> save(std::string state) = 0;
};

/// Which work a call is for: each has its own share of the quota, so that a forger's hints never starve the sync.
enum class Purpose { sync, read, subscriptions };

struct ProductQuery {
    unsigned page = 1;
    unsigned page_size = 50;
    std::optional<Instant> updated_start;
};

/// How the client stands, for stats, readiness and the log.
struct ClientStatus {
    enum class State { healthy, slowed, probing_only, breaker_open, refused } state = State::healthy;
    std::string detail;  ///< in English, no secret; empty while healthy
    std::uint64_t calls_7d = 0;
    std::uint64_t failures_7d = 0;
    unsigned sends_last_minute = 0;
    std::string company_key;  ///< from the token's claim `cloud_tenant_company_key`; empty: not known
    /// How far our clock is ahead of the `Date` of SIIGO's last answer, whole seconds; absent: it had none.
    std::optional<std::chrono::seconds> clock_ahead;
};

/// Calls SIIGO within quota, spacing, retry budget, breaker and failure share (7 days), on one kept connection, with
/// one token that all share. Errors of every call: `siigo_unavailable`, `siigo_rejected`, `siigo_unauthorized`,
/// `siigo_not_found`, `siigo_throttled`, `stopping`, `store_failed`, `store_full` (the last two: the journal's).
class Client {
public:
    /// `journalled`: what ClientJournal kept last. Empty for a new store: the full allowance of this minute is there. What
    /// can't be read counts as a minute whose quota is used up. Throws std::invalid_argument when base_url is no URL.
    Client(ClientSettings settings, std::string journalled, ClientJournal& journal, Connector& connector,
           asio::any_io_executor executor, Clock& clock, Random& random, Log& log);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// `on_send` is called when the (last) request really leaves: the moment by which a page is ordered.
    asio::awaitable<Result<ProductPage>> list_products(ProductQuery query, std::function<void()> on_send);
    /// `not found` as an empty optional.
    asio::awaitable<Result<std::optional<Observation>>> get_product(ProductId id, std::function<void()> on_send);
    /// Those of `ids` (up to 20) that exist; answered 200 where 404s would feed the failure share.
    asio::awaitable<Result<ProductPage>> get_products(std::vector<ProductId> ids, Purpose purpose,
                                                      std::function<void()> on_send);

    asio::awaitable<Result<std::vector<Subscription>>> list_subscriptions();
    asio::awaitable<Result<Subscription>> create_subscription(Subscription wanted);
    /// PUT /v1/webhooks with the id in the body; whether it took must be seen by listing afterwards.
    asio::awaitable<Result<void>> update_subscription(Subscription wanted);
    asio::awaitable<Result<void>> delete_subscription(std::string id);

    /// Gets a token if there is none: the credentials are good.
    asio::awaitable<Result<void>> authenticate();

    ClientStatus status() const;
    /// Puts our calls and how we stand with SIIGO among `metrics`, which may be read as long as the client lives. Once.
    void measure(Metrics& metrics);
    /// The wait that SIIGO or we ourselves ask for before the next call can go out; zero: none.
    std::chrono::milliseconds wait_hint() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast::siigo
