#include "app/siigo_watch.hpp"

namespace stockcast {
namespace {

using State = siigo::ClientStatus::State;

constexpr std::chrono::seconds looked_after{5};

}  // namespace

void WebhookSilence::count(std::uint64_t webhooks, Steady now) {
    if (webhooks == webhooks_) return;
    webhooks_ = webhooks;
    unannounced_ = 0;
    heard_ = now;
}

void SiigoWatch::note(const SyncLog& run) {
    if (run.outcome == SyncOutcome::completed) silence_.find(run.unannounced);
}

void SiigoWatch::look() {
    const auto siigo = client_.status();
    const bool is_well = siigo.state == State::healthy || siigo.state == State::slowed;
    if (siigo.state == State::refused)
        alerts_.raise(AlertKind::siigo_refused, "",
                      {"SIIGO refuses the credentials, or has blocked the user: {detail}",
                       "SIIGO rechaza las credenciales o bloqueó al usuario: {detail}"},
                      {{"detail", siigo.detail}});
    else if (is_well)
        alerts_.clear(AlertKind::siigo_refused, "",
                      {"SIIGO takes the credentials again", "SIIGO acepta de nuevo las credenciales"});
    if (siigo.state == State::breaker_open)
        alerts_.raise(AlertKind::breaker_open, "",
                      {"SIIGO fails, calls to it pause: {detail}", "SIIGO falla, las llamadas se detienen: {detail}"},
                      {{"detail", siigo.detail}});
    else if (is_well)
        alerts_.clear(AlertKind::breaker_open, "", {"SIIGO answers again", "SIIGO responde de nuevo"});

    const auto now = clock_.now();
    const auto webhooks = ledger_.status().counters.webhooks;
    silence_.count(webhooks, now);
    if (!expects_webhooks_ && webhooks == 0) return;
    if (silence_.is_silent(now))
        alerts_.raise(AlertKind::webhooks_silent, "",
                      {"No webhook came for {hours} h, though syncs found {count} changes: check the subscriptions and "
                       "WEBHOOK_BASE_URL",
                       "No llega ningún webhook hace {hours} h, aunque las sincronizaciones hallaron {count} cambios: "
                       "revise las suscripciones y WEBHOOK_BASE_URL"},
                      {{"hours", silence_.silent_for(now).count()}, {"count", silence_.unannounced()}});
    else
        alerts_.clear(AlertKind::webhooks_silent, "", {"Webhooks come again", "Llegan webhooks de nuevo"});
}

asio::awaitable<void> SiigoWatch::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    silence_.count(ledger_.status().counters.webhooks, clock_.now());
    while (co_await clock_.sleep_for(looked_after)) look();
}

}  // namespace stockcast
