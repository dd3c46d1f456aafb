#include "app/upstream.hpp"

#include "stockcast/base/offload.hpp"
#include "stockcast/base/within.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <limits>

namespace stockcast {

std::shared_ptr<TlsClientContext> siigo_trust(const Settings& settings) {
    const auto& ca_file = settings.siigo_ca_file;
    try {
        return std::make_shared<TlsClientContext>(ca_file);
    } catch (const std::exception& why) {
        throw Failure{"SIIGO_CA_FILE=" + ca_file + " can't be used: " + why.what(),
                      "SIIGO_CA_FILE=" + ca_file + " no se puede usar: " + why.what()};
    }
}

siigo::ClientSettings client_settings(const Settings& s) {
    siigo::ClientSettings client;
    client.company = s.company;
    client.base_url = s.siigo_base_url;
    client.username = s.siigo_username;
    client.access_key = s.siigo_access_key;
    client.partner_id = s.siigo_partner_id;
    client.requests_per_minute = s.siigo_requests_per_minute;
    client.spacing = s.siigo_request_spacing;
    return client;
}

std::string journalled(Store& store, const CompanyName& company) {
    const auto kept = store.get(Family::meta, keys::siigo_state(company));
    if (!kept)
        throw Failure{"The store can't be read: " + kept.error().message(),
                      "No se puede leer el almacén: " + kept.error().message()};
    return kept->value_or("");
}

namespace {

constexpr std::chrono::seconds refresh_patience{15};  ///< somebody waits for the answer
constexpr std::size_t refreshing_max = 4;
constexpr std::chrono::seconds setup_patience{60};  ///< up to a dozen requests, one after the other

/// To be run by within(): so that its time-out is an error of what is awaited, and not an exception.
template <class T>
asio::awaitable<Result<T>> hearing_a_stop(asio::awaitable<Result<T>> work) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await std::move(work);
}

std::string_view name_of(siigo::ClientStatus::State state) {
    using enum siigo::ClientStatus::State;
    switch (state) {
        case healthy: return "healthy";
        case slowed: return "slowed";
        case probing_only: return "probing_only";
        case breaker_open: return "breaker_open";
        case refused: return "refused";
    }
    return "unknown";
}

}  // namespace

asio::awaitable<Result<void>> LedgerJournal::save(std::string state) {
    Submission submission;
    submission.records.put(Family::meta, key_, std::move(state));
    auto saved = co_await ledger_.apply(std::move(submission));
    if (!saved) co_return saved.error();
    co_return Result<void>{};
}

SiigoUpstream::SiigoUpstream(const Settings& settings, const std::string& webhook_secret,
                             std::unique_ptr<Connector> to_siigo, Ledger& ledger, Store& store, Surrounds with,
                             std::function<void(const SyncLog&)> finished)
    : with_(with),
      kept_{store, with.workers, settings.company},
      connector_(std::move(to_siigo)),
      journal_(ledger, keys::siigo_state(settings.company)),
      client_(client_settings(settings), journalled(store, settings.company), journal_, *connector_, with.executor,
              with.clock, with.random, with.log),
      sync_({settings.company, settings.sync_interval, settings.sync_full_interval, settings.sync_batch_size}, client_,
            ledger, store, with.workers, with.executor, with.clock, with.random, with.log, with.alerts,
            [this, finished = std::move(finished)](const SyncLog& run) {
                watch_.note(run);
                finished(run);
            }),
      fetcher_({.company = settings.company}, client_, ledger, store, with.workers, with.executor, with.clock,
               with.log),
      subscriptions_({.company = settings.company,
                      .base_url = settings.webhook_base_url,
                      .secret = webhook_secret,
                      .application_id = settings.siigo_partner_id},
                     client_, ledger, with.clock, with.log, with.alerts),
      // SIIGO sends to public https addresses only: for another one a subscription would be refused.
      webhooks_configured_(settings.webhook_base_url.starts_with("https://")),
      watch_(client_, ledger, webhooks_configured_, with.clock, with.alerts) {
    client_.measure(with.metrics);
    with.metrics.gauge("stockcast_fetcher_waiting_products", "Products that wait to be read from SIIGO.", {},
                       [this] { return static_cast<double>(fetcher_.waiting()); });
    with.metrics.gauge("stockcast_sync_running", "1 while a sync runs.", {},
                       [this] { return sync_.status().running ? 1.0 : 0.0; });
    with.metrics.gauge(
        "stockcast_sync_last_completed_timestamp_seconds", "When a sync was last completed.", {}, [this] {
            const auto last = sync_.status().last_completed;
            return last ? static_cast<double>(last->unix_ms()) / 1000 : std::numeric_limits<double>::quiet_NaN();
        });
    ledger.on_commit([this](const CommitNotice& notice) {
        for (const auto& read : notice.reads) fetcher_.owe(read);
    });
}

void SiigoUpstream::spawn_loops(TaskGroup& loops, const MustRun& must_run) {
    loops.spawn("sync", must_run("sync", sync_.run()));
    loops.spawn("fetcher", must_run("fetcher", fetcher_.run()));
    loops.spawn("siigo watch", must_run("siigo watch", watch_.run()));
    if (webhooks_configured_) loops.spawn("subscriptions", must_run("subscriptions", subscriptions_.run()));
}

Upstream::Status SiigoUpstream::status() const {
    const auto sync = sync_.status();
    const auto client = client_.status();
    Status status;
    status.enabled = true;
    status.sync_running = sync.running;
    status.first_sync = sync.first_completed;
    status.last_sync = sync.last_completed;
    status.sync_seen = sync.seen;
    status.sync_total = sync.total;
    status.siigo_state = name_of(client.state);
    status.siigo_detail = client.detail;
    status.webhooks_configured = webhooks_configured_;
    const auto subscribed = subscriptions_.company_key();
    status.company_key = subscribed.empty() ? client.company_key : subscribed;
    status.wait = std::chrono::ceil<std::chrono::seconds>(client_.wait_hint());
    return status;
}

void SiigoUpstream::ask_now() {
    sync_.poll_now();
    fetcher_.read_now();
}

Upstream::SyncStarted SiigoUpstream::start_sync(bool full) {
    return sync_.request(full ? SyncKind::full : SyncKind::incremental) == SyncRequest::accepted
               ? SyncStarted::accepted
               : SyncStarted::already_running;
}

asio::awaitable<Result<Outcome>> SiigoUpstream::refresh(ProductId product) {
    // Who would wait in vain is told so at once, and not so many wait that they hold up each other.
    if (refreshing_ >= refreshing_max || client_.wait_hint() > refresh_patience) co_return Errc::siigo_throttled;
    struct Waiting {
        explicit Waiting(std::size_t& n) : count(n) { ++count; }
        ~Waiting() { --count; }
        std::size_t& count;
    } waiting{refreshing_};
    co_return co_await within(with_.clock, with_.clock.now() + refresh_patience,
                              hearing_a_stop(fetcher_.refresh(product, Source::refresh)));
}

asio::awaitable<Result<std::vector<Subscription>>> SiigoUpstream::set_up_subscriptions() {
    co_return co_await within(with_.clock, with_.clock.now() + setup_patience,
                              hearing_a_stop(subscriptions_.put_right()));
}

asio::awaitable<Result<Upstream::OwnSubscriptions>> SiigoUpstream::subscriptions() {
    auto listed =
        co_await within(with_.clock, with_.clock.now() + refresh_patience, hearing_a_stop(subscriptions_.listed()));
    if (listed) co_return OwnSubscriptions{std::move(listed->own), listed->as_of};
    auto kept = co_await kept_.read();
    if (kept && kept->all.empty()) co_return listed.error();
    co_return kept;
}

asio::awaitable<Result<Upstream::OwnSubscriptions>> KeptSubscriptions::read() const {
    const auto look = [&kept = *this]() -> Result<Upstream::OwnSubscriptions> {
        Upstream::OwnSubscriptions own;
        error_code damaged;
        const auto take = [&](std::string_view, std::string_view value) {
            auto subscription = records::decode_subscription(value);
            if (subscription)
                own.all.push_back(*std::move(subscription));
            else
                damaged = subscription.error();
            return !damaged;
        };
        const auto scanned = kept.store.snapshot()->scan(Family::subscriptions, keys::company_range(kept.company),
                                                         Direction::ascending, take);
        if (!scanned) return scanned.error();
        if (damaged) return damaged;
        return own;
    };
    co_return co_await offload(workers, look);
}

Upstream::Status NoUpstream::status() const {
    Status status;
    status.siigo_state = "disabled";
    return status;
}

asio::awaitable<Result<Outcome>> NoUpstream::refresh(ProductId) {
    co_return Errc::siigo_unavailable;
}

asio::awaitable<Result<std::vector<Subscription>>> NoUpstream::set_up_subscriptions() {
    co_return Errc::siigo_unavailable;
}

asio::awaitable<Result<Upstream::OwnSubscriptions>> NoUpstream::subscriptions() {
    co_return co_await kept_.read();
}

}  // namespace stockcast
