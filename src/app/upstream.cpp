#include "app/upstream.hpp"

#include "stockcast/store/keys.hpp"

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

SiigoUpstream::SiigoUpstream(const Settings& settings, const std::string& webhook_secret, Ledger& ledger, Store& store,
                             Surrounds with, std::function<void(const SyncLog&)> finished)
    : trust_(siigo_trust(settings)),
      connector_(make_connector(trust_, with.workers, with.clock, with.log)),
      journal_(ledger, keys::siigo_state(settings.company)),
      client_(client_settings(settings), journalled(store, settings.company), journal_, *connector_, with.executor,
              with.clock, with.random, with.log),
      sync_({settings.company, settings.sync_interval, settings.sync_full_interval, settings.sync_batch_size}, client_,
            ledger, store, with.workers, with.executor, with.clock, with.random, with.log, std::move(finished)),
      fetcher_({.company = settings.company}, client_, ledger, store, with.workers, with.executor, with.clock,
               with.log) {
    ledger.on_commit([this](const CommitNotice& notice) {
        for (const auto& read : notice.reads) fetcher_.owe(read);
    });
    // SIIGO sends to public https addresses only: for another one a subscription would be refused.
    if (!settings.webhook_base_url.starts_with("https://")) return;
    subscriptions_.emplace(SubscriptionSettings{.company = settings.company,
                                                .base_url = settings.webhook_base_url,
                                                .secret = webhook_secret,
                                                .application_id = settings.siigo_partner_id},
                           client_, ledger, with.clock, with.log);
}

void SiigoUpstream::spawn_loops(TaskGroup& loops, const MustRun& must_run) {
    loops.spawn("sync", must_run("sync", sync_.run()));
    loops.spawn("fetcher", must_run("fetcher", fetcher_.run()));
    if (subscriptions_) loops.spawn("subscriptions", must_run("subscriptions", subscriptions_->run()));
}

Upstream::Status SiigoUpstream::status() const {
    const auto sync = sync_.status();
    const auto client = client_.status();
    Status status;
    status.enabled = true;
    status.sync_running = sync.running;
    status.first_sync = sync.first_completed;
    status.last_sync = sync.last_completed;
    status.siigo_state = name_of(client.state);
    status.siigo_detail = client.detail;
    status.webhooks_configured = subscriptions_.has_value();
    status.company_key =
        subscriptions_ && !subscriptions_->company_key().empty() ? subscriptions_->company_key() : client.company_key;
    return status;
}

Upstream::SyncStarted SiigoUpstream::start_sync(bool full) {
    return sync_.request(full ? SyncKind::full : SyncKind::incremental) == SyncRequest::accepted
               ? SyncStarted::accepted
               : SyncStarted::already_running;
}

Upstream::Status NoUpstream::status() const {
    Status status;
    status.siigo_state = "disabled";
    return status;
}

}  // namespace stockcast
