#pragma once

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/fanout/broadcaster.hpp"
#include "stockcast/http/jwt.hpp"
#include "stockcast/http/limits.hpp"
#include "stockcast/http/webhook_secrets.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/net/http_server.hpp"
#include "stockcast/store/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// What the API asks of the parts that talk to SIIGO. `http` and `sync` stand side by side and don't know each other:
/// app joins them. With SIIGO_ENABLED=false app gives one that refuses.
class Upstream {
public:
    virtual ~Upstream() = default;
    struct Status {
        bool enabled = false;
        bool sync_running = false;
        std::optional<Instant> first_sync;  ///< a first full pass was once completed
        std::optional<Instant> last_sync;
        std::uint64_t sync_seen = 0;              ///< products read by the pass that runs
        std::optional<std::uint64_t> sync_total;  ///< of so many; absent: not known, or none runs
        std::string siigo_state;  ///< `healthy`, `slowed`, `probing_only`, `breaker_open`, `refused`, `disabled`
        std::string siigo_detail;
        bool webhooks_configured = false;
        std::string company_key;       ///< empty: not known, then any is taken
        std::chrono::seconds wait{0};  ///< before SIIGO can be asked again, where that is known
    };
    virtual Status status() const = 0;
    /// A notification without the secret: false when the hints' budget is used up.
    virtual bool hint(const ProductId& product) = 0;
    enum class SyncStarted { accepted, already_running, disabled };
    virtual SyncStarted start_sync(bool full) = 0;

    /// Reads one product from SIIGO now. Errors: the client's (`siigo_…`; `siigo_unavailable` also where it is
    /// disabled), `timed_out`, the ledger's; `malformed`: SIIGO has it, in a form that can't be read.
    virtual asio::awaitable<Result<Outcome>> refresh(ProductId product) = 0;

    /// Puts the account's subscriptions right and returns ours. Errors: as refresh().
    virtual asio::awaitable<Result<std::vector<Subscription>>> set_up_subscriptions() = 0;
    struct OwnSubscriptions {
        std::vector<Subscription> all;
        std::optional<Instant> as_of;  ///< when SIIGO listed them; absent: before this start
    };
    /// Ours as SIIGO lists them, asked for once in 30 s at most; where it can't be asked, as it last listed them.
    /// Errors: as refresh(), where they were never listed.
    virtual asio::awaitable<Result<OwnSubscriptions>> subscriptions() = 0;
};

struct ApiSettings {
    CompanyName company = "main";
    std::vector<std::string> webhook_secrets;  ///< the one SIIGO is given, and during a rotation the one before
    std::vector<std::string> cors_origins;
    std::string own_origin;  ///< empty: taken from the request's Host
    std::string version;
    bool stream_public = false;     ///< `/ws` needs no token (STREAM_PUBLIC)
    bool secure = false;            ///< served over TLS only: browsers are told to come by no other way (HSTS)
    RateLimit rate_limit_api{200};  ///< requests with a good token, by token
    RateLimit rate_limit_open{20};  ///< requests without one, by address
    TrustedProxies trusted_proxies;
};

/// What the API works with; all of it outlives the Api.
struct ApiParts {
    Ledger& ledger;
    Store& store;
    Broadcaster& broadcaster;
    Upstream& upstream;
    Workers& workers;
    Workers& readers;  ///< in the background: lists, exports, history
    Clock& clock;
    Random& random;
    Log& log;
    Alerts& alerts;
    Metrics& metrics;
};

/// The whole outside over HTTP (interface.md): router, access, problem answers, ingress, queries, the WebSocket's door.
/// One object; a handler per request is in a file of its own by subject.
class Api final : public HttpHandler {
public:
    /// Before the ledger's first `apply`.
    Api(ApiSettings settings, JwtKeys keys, ApiParts parts);
    ~Api() override;

    /// What the API does besides answering: takes back tests that a crash cut short, keeps the audit trail of refused
    /// attempts. Returns when cancelled (total).
    asio::awaitable<void> run();
    /// To be changed by a rotation while the server runs.
    WebhookSecrets& webhook_secrets();

    HttpVerdict judge(const HttpRequest& head) override;
    asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted> admitted) override;
    asio::awaitable<void> take_over(HttpRequest request, std::unique_ptr<Admitted> admitted,
                                    TakenOver connection) override;
    HttpResponse refuse(unsigned status, std::string_view detail) override;
    asio::awaitable<void> note_too_large(std::unique_ptr<Admitted> admitted) override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
