#include "app/secret_rotation.hpp"

#include "app/secrets.hpp"

#include <algorithm>

namespace stockcast {
namespace {

constexpr std::chrono::seconds looked_after{10};

}  // namespace

bool may_retire(const RotationView& view) {
    return view.siigo_has_the_new && view.former_silent >= former_silence;
}

SecretRotation::SecretRotation(const Settings& settings, WebhookSecretsHeld held, WebhookSecrets& door,
                               SiigoUpstream* siigo, Ledger& ledger, Surrounds with)
    : settings_(settings),
      present_(std::move(held.present)),
      door_(door),
      siigo_(siigo),
      ledger_(ledger),
      with_(with),
      began_(with.clock.now()) {}

asio::awaitable<std::string> SecretRotation::rotate() {
    if (settings_.webhook_secret)
        co_return "error WEBHOOK_SECRET is set, so that setting rules: put the new secret there and the present one into "
                  "WEBHOOK_SECRET_PREVIOUS, and restart";
    if (rotating_ || door_.has_former())
        co_return "error a rotation is under way: the former secret is still valid. --retire ends it at once";
    rotating_ = true;
    const auto next = new_webhook_secret(with_.random);
    Submission submission;
    submission.records = rotation_of(present_, next);
    const auto kept = co_await ledger_.apply(std::move(submission));
    rotating_ = false;
    if (!kept) co_return "error the new secret can't be kept: " + kept.error().message();

    door_.rotate(next);
    present_ = next;
    began_ = with_.clock.now();
    if (siigo_ != nullptr) siigo_->use_webhook_secret(next);
    with_.log.info(Mark::webhook,
                   {"The webhook secret was rotated: the former one stays valid until SIIGO uses the new",
                    "Se rotó el secreto del webhook: el anterior vale hasta que SIIGO use el nuevo"});
    if (siigo_ == nullptr || !siigo_->status().webhooks_configured) co_return "ok kept";
    const auto told = co_await siigo_->set_up_subscriptions();
    if (!told) co_return "ok pending " + told.error().message();
    co_return "ok subscribed";
}

asio::awaitable<std::string> SecretRotation::retire() {
    if (settings_.webhook_secret)
        co_return "error WEBHOOK_SECRET is set: take WEBHOOK_SECRET_PREVIOUS away, and restart";
    if (!door_.has_former()) co_return "error no rotation is under way: one secret is valid";
    const auto gone = co_await let_former_go();
    if (!gone) co_return "error " + gone.error().message();
    co_return "ok retired";
}

asio::awaitable<Result<void>> SecretRotation::let_former_go() {
    Submission submission;
    submission.records = retirement();
    const auto kept = co_await ledger_.apply(std::move(submission));
    if (!kept) co_return kept.error();
    door_.retire_former();
    with_.log.info(Mark::success,
                   {"The former webhook secret is no longer valid", "El secreto anterior del webhook ya no es válido"});
    co_return Result<void>{};
}

asio::awaitable<void> SecretRotation::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    while (co_await with_.clock.sleep_for(looked_after)) {
        if (settings_.webhook_secret || !door_.has_former() || siigo_ == nullptr) continue;
        const auto last_used = std::max(door_.former_used().value_or(began_), began_);
        if (!may_retire({siigo_->subscriptions_in_order(), with_.clock.now() - last_used})) continue;
        const auto gone = co_await let_former_go();
        if (!gone && gone.error() != Errc::store_full && gone.error() != Errc::ledger_full) co_return;
    }
}

}  // namespace stockcast
