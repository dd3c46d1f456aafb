#include "app/monitor.hpp"

#include "app/secrets.hpp"

#include <array>
#include <chrono>
#include <string>

namespace stockcast {
namespace {

/// Clients come back within half a minute; whoever is quiet for so long has read everything again.
constexpr std::chrono::hours ahead_quiet{1};
constexpr std::array<double, 8> run_seconds{0.5, 1, 5, 15, 60, 300, 900, 3600};

Labels labels_of(SyncKind kind, SyncOutcome outcome) {
    return {{"kind", std::string{to_string(kind)}}, {"outcome", std::string{to_string(outcome)}}};
}

Counter& runs(Metrics& metrics, SyncKind kind, SyncOutcome outcome) {
    return metrics.counter("stockcast_sync_runs_total", "Sync runs that ended.", labels_of(kind, outcome));
}

Histogram& durations(Metrics& metrics, SyncKind kind) {
    return metrics.histogram("stockcast_sync_run_duration_seconds", "How long a completed sync run took.", run_seconds,
                             {{"kind", std::string{to_string(kind)}}});
}

void measure_alerts(Metrics& metrics, const Alerts& alerts) {
    for (const auto kind : {AlertKind::siigo_refused, AlertKind::webhooks_silent, AlertKind::subscription_changed,
                            AlertKind::breaker_open, AlertKind::mass_deletion, AlertKind::since_ahead,
                            AlertKind::disk_low, AlertKind::certificate, AlertKind::store_trouble})
        metrics.gauge("stockcast_alerts_active", "Alerts that are on now, by kind.",
                      {{"kind", std::string{to_string(kind)}}},
                      [&alerts, kind] { return static_cast<double>(alerts.count(kind)); });
}

}  // namespace

Monitor::Monitor(const Settings& settings, Surrounds with, Ledger& ledger, Broadcaster& broadcaster)
    : metrics_(with.metrics),
      watch_(ledger, with.workers, with.clock, with.alerts, with.metrics,
             [directory = settings.data_dir] { return measure_disk(directory); }),
      rows_(with.metrics.counter("stockcast_sync_rows_total", "Rows of SIIGO's pages that were read.")),
      drift_(with.metrics.counter("stockcast_sync_unannounced_changes_total",
                                  "Changes that a sync found and no webhook had announced.")) {
    metrics_.gauge("stockcast_build_info", "1; the version stands in its label.", {{"version", STOCKCAST_VERSION}},
                   [] { return 1.0; });
    ledger.measure(metrics_);
    broadcaster.measure(metrics_);
    measure_alerts(metrics_, with.alerts);
    metrics_.counter("stockcast_log_lines_dropped_total", "Log lines that found no room in the log's queue.", {},
                     [&log = with.log] { return static_cast<double>(log.dropped()); });
    for (const auto kind : {SyncKind::full, SyncKind::incremental}) {
        for (const auto outcome : {SyncOutcome::completed, SyncOutcome::failed}) runs(metrics_, kind, outcome);
        durations(metrics_, kind);
    }

    broadcaster.on_since_ahead([&alerts = with.alerts](Seq since, Seq head) {
        alerts.note(
            AlertKind::since_ahead, "", ahead_quiet,
            {"A client asked for what follows change {since}, but the last one here is {head}: this store may be "
             "an older copy. If one was put back, restore it with `stockcast restore`, which gives it a new epoch",
             "Un cliente pidió lo que sigue al cambio {since}, pero aquí el último es {head}: este almacén puede "
             "ser una copia más vieja. Si se repuso una, hágalo con `stockcast restore`, que le da otra época"},
            {{"since", since}, {"head", head}});
    });
    with.alerts.on_alert([&broadcaster](const Alert& alert) { broadcaster.announce(alert_event(alert)); });
    if (settings.alert_webhook_url.empty()) return;
    auto target = AlertTarget::parse(settings.alert_webhook_url);
    if (!target)
        throw Failure{"ALERT_WEBHOOK_URL is no https:// address", "ALERT_WEBHOOK_URL no es una dirección https://"};
    connector_ = make_connector(std::make_shared<TlsClientContext>(""), with.workers, with.clock, with.log);
    poster_.emplace(*std::move(target), load_alert_key(settings, with.random), *connector_, with.executor, with.clock,
                    with.random, with.log, with.metrics);
    with.alerts.on_alert([this](const Alert& alert) { poster_->post(alert); });
}

void Monitor::spawn_loops(TaskGroup& loops, const SiigoUpstream::MustRun& must_run) {
    loops.spawn("store watch", must_run("store watch", watch_.run()));
    if (poster_) loops.spawn("alert poster", must_run("alert poster", poster_->run()));
}

asio::awaitable<void> Monitor::have_last_word(std::chrono::milliseconds patience) {
    if (poster_) co_await poster_->wait_until_delivered(patience);
}

void Monitor::sync_finished(const SyncLog& run) {
    runs(metrics_, run.kind, run.outcome).add();
    // One that broke off and went on is told again, with all that it came to.
    const auto told = run.id == last_told_.id ? last_told_ : SyncLog{};
    rows_.add(run.seen - told.seen);
    drift_.add(run.unannounced - told.unannounced);
    last_told_ = run;
    if (run.outcome == SyncOutcome::completed && run.finished_at)
        durations(metrics_, run.kind).observe(*run.finished_at - run.started_at);
}

}  // namespace stockcast
