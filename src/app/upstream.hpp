#pragma once

#include "app/failure.hpp"
#include "app/siigo_watch.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/base/alerts.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/http/api.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/store.hpp"
#include "stockcast/sync/fetcher.hpp"
#include "stockcast/sync/subscriptions.hpp"
#include "stockcast/sync/sync.hpp"

#include <memory>
#include <optional>
#include <string>

namespace stockcast {

/// What the parts of a server share; owned by the composition root, outlives all of them.
struct Surrounds {
    asio::any_io_executor executor;
    Clock& clock;
    Random& random;
    Workers& workers;
    Workers& readers;  ///< background
    Log& log;
    Alerts& alerts;
    Metrics& metrics;
};

/// Whom we trust as SIIGO. Throws Failure when SIIGO_CA_FILE can't be used.
std::shared_ptr<TlsClientContext> siigo_trust(const Settings& settings);
/// What the SIIGO client kept last (siigo::ClientJournal). Throws Failure when the store can't be read.
std::string journalled(Store& store, const CompanyName& company);
siigo::ClientSettings client_settings(const Settings& settings);

/// Keeps the SIIGO client's state through the ledger, so that there is one writer.
class LedgerJournal final : public siigo::ClientJournal {
public:
    LedgerJournal(Ledger& ledger, std::string key) : ledger_(ledger), key_(std::move(key)) {}
    asio::awaitable<Result<void>> save(std::string state) override;

private:
    Ledger& ledger_;
    std::string key_;
};

/// The subscriptions as they stand in the store, for while SIIGO can't be asked.
struct KeptSubscriptions {
    Store& store;
    Workers& workers;
    CompanyName company;

    /// Errors: the store's.
    asio::awaitable<Result<Upstream::OwnSubscriptions>> read() const;
};

/// Everything that talks to SIIGO: client, sync, fetcher, subscriptions; and what the API asks of them.
class SiigoUpstream final : public Upstream {
public:
    /// `finished`: told of each sync run's end. Throws Failure when the store can't be read.
    SiigoUpstream(const Settings& settings, const std::string& webhook_secret, std::unique_ptr<Connector> to_siigo,
                  Ledger& ledger, Store& store, Surrounds with, std::function<void(const SyncLog&)> finished);

    /// `must_run` wraps each loop: none of them ends by itself while the server serves.
    using MustRun = std::function<asio::awaitable<void>(std::string name, asio::awaitable<void> loop)>;
    void spawn_loops(TaskGroup& loops, const MustRun& must_run);

    Status status() const override;
    bool hint(const ProductId& product) override { return fetcher_.hint(product); }
    SyncStarted start_sync(bool full) override;
    asio::awaitable<Result<Outcome>> refresh(ProductId product) override;
    asio::awaitable<Result<std::vector<Subscription>>> set_up_subscriptions() override;
    asio::awaitable<Result<OwnSubscriptions>> subscriptions() override;

    /// The address that SIIGO is given ends with this one from now on; set_up_subscriptions() or the next hourly look
    /// tells SIIGO.
    void use_webhook_secret(std::string secret) { subscriptions_.use_secret(std::move(secret)); }
    /// SIIGO was seen to have the present address for all topics.
    bool subscriptions_in_order() const { return subscriptions_.is_in_order(); }
    /// Asks at once for all that the sync and the fetcher wait to ask.
    void ask_now();

    siigo::Client& client() { return client_; }

private:
    Surrounds with_;
    KeptSubscriptions kept_;
    std::unique_ptr<Connector> connector_;
    LedgerJournal journal_;
    siigo::Client client_;
    Sync sync_;
    Fetcher fetcher_;
    SubscriptionKeeper subscriptions_;
    std::size_t refreshing_ = 0;  ///< reads that a request waits for
    bool webhooks_configured_;    ///< else SIIGO has no address to send to: what is there is only listed
    SiigoWatch watch_;
};

/// SIIGO_ENABLED=false: the store is served, webhooks are taken, nothing is asked.
class NoUpstream final : public Upstream {
public:
    explicit NoUpstream(KeptSubscriptions kept) : kept_(kept) {}
    Status status() const override;
    bool hint(const ProductId&) override { return false; }
    SyncStarted start_sync(bool) override { return SyncStarted::disabled; }
    asio::awaitable<Result<Outcome>> refresh(ProductId product) override;
    asio::awaitable<Result<std::vector<Subscription>>> set_up_subscriptions() override;
    asio::awaitable<Result<OwnSubscriptions>> subscriptions() override;

private:
    KeptSubscriptions kept_;
};

}  // namespace stockcast
