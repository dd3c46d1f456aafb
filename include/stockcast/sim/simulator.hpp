#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/model/quantity.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_server.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stockcast::sim {

/// How this SIIGO behaves where siigo-api.md marks [O] or [?]. Each a switch; the defaults are the documented
/// behaviour.
struct Variants {
    unsigned auth_status = 201;  ///< or 200
    bool auth_needs_partner_id = true;
    bool retry_after = false;   ///< 429 with Retry-After
    bool wait_in_body = false;  ///< "Try again in N seconds"
    bool fixed_window = false;  ///< quota per clock minute instead of a sliding one
    bool lower_case_errors = false;
    bool numbers_as_strings = false;
    bool omit_stock_updated = true;  ///< polled products lack metadata.stock_updated (Blueprint)
    bool omit_links = false;
    bool omit_null_members = false;
    bool bare_array_subscriptions = false;
    bool second_subscription_refused = false;  ///< 400 already_exists
    bool put_takes_body_id = true;             ///< else PUT changes nothing (and answers 201)
    bool notification_nested = false;          ///< barcode…, created… nested instead of at the root
    bool notification_in_data = false;
    bool notification_new_stock = false;  ///< `new_stock` in place of available_quantity
    bool notification_without_quantity = false;
    bool updated_filter_ignores_stock = false;  ///< stock changes don't count for updated_start (SDK)
    bool page_size_clamped = true;              ///< above 100: taken as 100, else 400
    bool updated_filter_includes_created =
        false;                              ///< a product never changed since its creation counts as updated then
    bool dates_in_bogota = false;           ///< `yyyy-MM-dd` is midnight in America/Bogota instead of UTC
    bool put_takes_path_id = true;          ///< `PUT /v1/webhooks/{id}` works, else 404
    bool loopback_urls = true;              ///< subscriptions to loopback are taken, also as http:// (tests run there)
    bool notification_both_places = false;  ///< nested as documented, and older values of them at the root
    bool notification_stock = false;        ///< `stock` in place of available_quantity
    bool numbers_with_point = false;        ///< `1.0` for `1`
    bool stamps_without_zone = false;
    bool stamps_with_offset = false;      ///< `-05:00` instead of `Z`
    bool unknown_members = false;         ///< members that no document names, in products and notifications
    bool unassigned_id_null = false;      ///< "Sin asignar" has the id null instead of 0
    bool combo_without_quantity = false;  ///< a combo lacks available_quantity instead of showing 0
    bool block_refuses_auth = false;      ///< a blocked user gets no token either
    bool blocks_failing_users = true;   ///< more than 80 % of at least 200 requests in 7 days failed: `Faults::blocked`
    unsigned notification_retries = 0;  ///< how often one that got no 2xx is sent again, 1 s, 2 s, 4 s… later
};

/// What goes wrong, on command; each for the next `count` requests to the API (or notifications).
struct Faults {
    unsigned internal_error = 0;  ///< 500
    unsigned unavailable = 0;     ///< 503
    unsigned html_gateway = 0;    ///< 502 with HTML
    unsigned gateway_json = 0;    ///< 500 with JSON of another shape
    unsigned empty_body = 0;      ///< 200 without a body
    unsigned cut_body = 0;        ///< connection closed in the middle of the answer; requests with a body are spared
    unsigned slow = 0;            ///< answers after `slow_by`
    std::chrono::milliseconds slow_by{0};
    unsigned unauthorized = 0;  ///< 401, whatever the token
    unsigned throttled = 0;     ///< 429
    bool outage = false;   ///< connections are closed without an answer; a request with a body gets a bare 503 first
    bool blocked = false;  ///< the API user is blocked: 401 `unauthorized` to all, also to fresh tokens
    unsigned drop_notifications = 0;
    unsigned duplicate_notifications = 0;
    unsigned delay_notifications = 0;  ///< sent `delay_by` later, so behind newer ones
    std::chrono::milliseconds delay_by{0};
    std::chrono::milliseconds figures_lag{0};  ///< polled figures show what was true so long ago
};

struct SimulatorSettings {
    ListenAddress address{"127.0.0.1", 0};
    std::string tls_cert_file, tls_key_file;  ///< PEM; both set: HTTPS
    std::string username = "demo@stockcast.example";
    std::string access_key = "demo-access-key";
    std::string company_key = "demo";
    unsigned requests_per_minute = 100;
    std::chrono::seconds token_lifetime{86'400};
    unsigned products = 589;
    std::uint64_t seed = 1;
    double sales_per_minute = 0;  ///< a shop's day: sales, returns, purchases, now and then a rename or a new product
    double unannounced_share = 0.1;  ///< of changes whose notification is never sent: the poll must find them
    Variants variants;
};

struct SimulatorCounts {
    std::map<std::string, std::uint64_t> requests;  ///< by "METHOD /path" with ids cut
    std::uint64_t notifications_sent = 0;
    std::uint64_t notifications_answered_2xx = 0;
    std::uint64_t notifications_failed = 0;   ///< another status, no connection, or no answer within 5 s
    std::uint64_t notifications_dropped = 0;  ///< the queue was full, or a fault said so
    std::uint64_t notifications_waiting = 0;  ///< not yet answered: queued, delayed or on the way
    std::uint64_t quota_refusals = 0;
    std::uint64_t failed_requests = 0;  ///< answered 4xx or 5xx
    std::uint64_t changes = 0;          ///< to products, announced or not
    std::uint64_t unannounced_changes = 0;
};

/// SIIGO as siigo-api.md says, over real HTTP: quota, Partner-Id, token, paging newest first, filters, no body on GET,
/// subscriptions, notifications. As strict as the page. For the demo, the tests and tools/siigo-sim; it also takes
/// commands over HTTP below `/_sim/` (so a test of the real binary can drive it; see siigo-sim --help). Catalogue and
/// trade come from `settings.seed` alone, tokens from `random`; time from `clock`.
class Simulator {
public:
    /// Listens at once, so that the port is known. Throws std::system_error when it can't.
    Simulator(SimulatorSettings settings, const asio::any_io_executor& executor, Connector& connector, Clock& clock,
              Random& random, Log& log);
    ~Simulator();

    std::uint16_t port() const;
    /// Serves, sells and notifies until cancelled (total). `tasks` must be wound down before this object dies.
    asio::awaitable<void> run(TaskGroup& tasks);

    /// Subscribes that URL to all three topics, as an integration would. Throws std::invalid_argument when SIIGO would
    /// not take it.
    void subscribe(const std::string& url);

    Variants& variants();
    Faults& faults();
    const SimulatorCounts& counts() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast::sim
