#include "stockcast/sync/subscriptions.hpp"

#include "sync/stopping.hpp"
#include "sync/subscription_plan.hpp"

#include "stockcast/siigo/translate.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <optional>

namespace stockcast {
namespace {

using Do = SubscriptionStep::Do;

constexpr std::chrono::minutes first_retry{1};
constexpr std::chrono::hours longest_retry{24};

Sentence announcement(Do what) {
    switch (what) {
        case Do::create: return {"Subscribing to {topic}", "Suscribiendo a {topic}"};
        case Do::update: return {"Correcting the subscription to {topic}", "Corrigiendo la suscripción a {topic}"};
        case Do::remove: return {"Removing a subscription to {topic}", "Quitando una suscripción a {topic}"};
    }
    return {};
}

/// Whether SIIGO refused the request itself, such as a PUT whose id it wants elsewhere. Of other errors (throttled,
/// stopping, a full store) nothing is learned, and to delete on their account would be worse than to wait.
bool speaks_of_the_request(const error_code& error) {
    return error == Errc::siigo_rejected || error == Errc::siigo_not_found || error == Errc::siigo_unavailable;
}

/// What SIIGO refuses it will most likely refuse again, and each refusal counts in the account's failure share: the
/// poll must not pay for it. Other failures pass.
std::chrono::milliseconds pause_after(unsigned failures, unsigned rejections, std::chrono::milliseconds look_after) {
    if (failures == 0) return look_after;
    if (rejections > 0)
        return std::min<std::chrono::milliseconds>(longest_retry, look_after * (1U << std::min(rejections - 1, 10U)));
    return std::min<std::chrono::milliseconds>(look_after, first_retry * (1U << std::min(failures - 1, 10U)));
}

/// One at a time: the hourly look and POST /api/webhooks/setup at once would each create what the other is creating.
class Turn {
public:
    explicit Turn(bool& taken) : taken_(taken) { taken_ = true; }
    ~Turn() { taken_ = false; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    bool& taken_;
};

}  // namespace

struct SubscriptionKeeper::Impl {
    asio::awaitable<Result<void>> carry_out(SubscriptionStep step);
    asio::awaitable<Result<void>> carry_out_all(std::vector<SubscriptionStep> steps);
    asio::awaitable<Result<void>> replace_stubborn(std::vector<Subscription> listed);
    asio::awaitable<Result<void>> keep(std::vector<Subscription> own);
    asio::awaitable<Result<void>> wait_for_turn();
    std::vector<Subscription> shown(const std::vector<Subscription>& listed) const;
    void note_listed(const std::vector<Subscription>& listed);
    void tell_changed(const SubscriptionStep& step);

    SubscriptionSettings settings;
    siigo::Client& client;
    Ledger& ledger;
    Clock& clock;
    Log& log;
    Alerts& alerts;
    bool working = false;
    std::string company_key = {};
    std::optional<std::vector<Subscription>> kept = {};  ///< what the store holds; absent: not known since the start
    bool in_order = false;
    std::optional<Listed> last_listed = {};
    std::optional<Steady> asked_at = {};  ///< by listed()
    error_code asked_in_vain = {};
};

SubscriptionKeeper::SubscriptionKeeper(SubscriptionSettings settings, siigo::Client& client, Ledger& ledger,
                                       Clock& clock, Log& log, Alerts& alerts)
    : impl_(new Impl{std::move(settings), client, ledger, clock, log, alerts}) {}
SubscriptionKeeper::~SubscriptionKeeper() = default;

std::string SubscriptionKeeper::company_key() const {
    return impl_->company_key;
}

asio::awaitable<void> SubscriptionKeeper::run() {
    auto& self = *impl_;
    co_await hear_stop();
    bool was_well = false;
    unsigned failures = 0;
    unsigned rejections = 0;
    for (;;) {
        const auto own = co_await put_right();
        if (own) {
            failures = rejections = 0;
            if (!was_well)
                self.log.info(
                    Mark::success,
                    {"{count} webhook subscriptions in order: {url}",
                     "{count} suscripciones de webhooks en orden: {url}"},
                    {{"count", own->size()}, {"url", masked(subscription_url(self.settings), self.settings.secret)}});
        } else if (own.error() == Errc::stopping || own.error() == Errc::store_failed) {
            co_return;
        } else {
            ++failures;
            rejections = own.error() == Errc::siigo_rejected ? rejections + 1 : 0;
            if (failures == 1)
                self.log.error({"The webhook subscriptions can't be put in order: {error}",
                                "No se pudieron poner en orden las suscripciones de webhooks: {error}"},
                               {{"error", own.error().message()}});
        }
        was_well = own.has_value();

        if (co_await is_stopping()) co_return;
        const auto slept = co_await self.clock.sleep_for(pause_after(failures, rejections, self.settings.look_after));
        if (!slept) co_return;
    }
}

asio::awaitable<Result<std::vector<Subscription>>> SubscriptionKeeper::put_right() {
    auto& self = *impl_;
    const auto turn = co_await self.wait_for_turn();
    if (!turn) co_return turn.error();
    const Turn held{self.working};

    auto listed = co_await self.client.list_subscriptions();
    if (!listed) co_return listed.error();
    self.note_listed(*listed);
    auto steps = plan_subscriptions(*listed, self.settings);
    if (!steps.empty()) {
        const auto first_try = co_await self.carry_out_all(std::move(steps));
        listed = co_await self.client.list_subscriptions();
        if (!listed) co_return listed.error();
        if (!plan_subscriptions(*listed, self.settings).empty()) {
            if (!first_try && !speaks_of_the_request(first_try.error())) co_return first_try.error();
            const auto replaced = co_await self.replace_stubborn(*listed);
            if (!replaced) co_return replaced.error();
            listed = co_await self.client.list_subscriptions();
            if (!listed) co_return listed.error();
            if (!plan_subscriptions(*listed, self.settings).empty()) co_return Errc::siigo_rejected;
        }
    }

    for (const auto& subscription : own_subscriptions(*listed, self.settings))
        if (!subscription.company_key.empty()) self.company_key = subscription.company_key;
    auto own = self.shown(*listed);
    self.note_listed(*listed);
    const auto stored = co_await self.keep(own);
    if (!stored) co_return stored.error();
    co_return own;
}

asio::awaitable<Result<SubscriptionKeeper::Listed>> SubscriptionKeeper::listed() {
    auto& self = *impl_;
    const auto turn = co_await self.wait_for_turn();
    if (!turn) co_return turn.error();
    const Turn held{self.working};

    const auto now = self.clock.now();
    if (!self.asked_at || now - *self.asked_at >= listed_anew) {
        self.asked_at = now;  // whatever comes of it: readers must not make us ask a SIIGO that fails again and again
        const auto listed = co_await self.client.list_subscriptions();
        self.asked_in_vain = listed ? error_code{} : listed.error();
        if (listed) self.note_listed(*listed);
    }
    if (!self.last_listed) co_return self.asked_in_vain;
    co_return *self.last_listed;
}

void SubscriptionKeeper::use_secret(std::string secret) {
    impl_->settings.secret = std::move(secret);
    impl_->in_order = false;
}

bool SubscriptionKeeper::is_in_order() const {
    return impl_->in_order;
}

asio::awaitable<Result<void>> SubscriptionKeeper::Impl::wait_for_turn() {
    while (working) {
        const auto slept = co_await clock.sleep_for(std::chrono::milliseconds{200});
        if (!slept) co_return slept.error();
    }
    co_return Result<void>{};
}

std::vector<Subscription> SubscriptionKeeper::Impl::shown(const std::vector<Subscription>& listed) const {
    auto own = own_subscriptions(listed, settings);
    for (auto& subscription : own) subscription.url = masked(std::move(subscription.url), settings.secret);
    return own;
}

/// What SIIGO lists, compared with what it was told: a difference that is not our doing is somebody else's.
void SubscriptionKeeper::Impl::note_listed(const std::vector<Subscription>& listed) {
    const auto steps = plan_subscriptions(listed, settings);
    if (in_order) {
        for (const auto& step : steps) tell_changed(step);
    }
    in_order = steps.empty();
    if (in_order) {
        for (const auto topic : {siigo::topic_create, siigo::topic_update, siigo::topic_stock})
            alerts.clear(
                AlertKind::subscription_changed, topic,
                {"The subscription to {topic} is in order again", "La suscripción a {topic} está de nuevo en orden"},
                {{"topic", topic}});
    }
    last_listed = Listed{shown(listed), clock.wall()};
    asked_at = clock.now();
    asked_in_vain = {};
}

void SubscriptionKeeper::Impl::tell_changed(const SubscriptionStep& step) {
    if (step.what == Do::remove) return;  // one too many: what we have still works
    const Sentence gone{"Our subscription to {topic} is gone at SIIGO; it is being made again",
                        "Nuestra suscripción a {topic} ya no está en SIIGO; se crea de nuevo"};
    const Sentence changed{"Our subscription to {topic} was switched off or points elsewhere; it is being put right",
                           "Nuestra suscripción a {topic} fue desactivada o apunta a otra parte; se corrige"};
    alerts.raise(AlertKind::subscription_changed, step.subscription.topic, step.what == Do::create ? gone : changed,
                 {{"topic", step.subscription.topic}});
}

/// Each topic is worth having without the others: one that fails does not hold up the rest. The first error is
/// returned.
asio::awaitable<Result<void>> SubscriptionKeeper::Impl::carry_out_all(std::vector<SubscriptionStep> steps) {
    Result<void> all;
    for (const auto& step : steps) {
        log.info(Mark::webhook, announcement(step.what), {{"topic", step.subscription.topic}});
        const auto done = co_await carry_out(step);
        if (done) continue;
        if (all) all = done.error();
        if (done.error() == Errc::stopping) co_return all;
    }
    co_return all;
}

asio::awaitable<Result<void>> SubscriptionKeeper::Impl::carry_out(SubscriptionStep step) {
    switch (step.what) {
        case Do::create: {
            const auto created = co_await client.create_subscription(std::move(step.subscription));
            if (!created) co_return created.error();
            co_return Result<void>{};
        }
        case Do::update: co_return co_await client.update_subscription(std::move(step.subscription));
        case Do::remove: {
            auto removed = co_await client.delete_subscription(step.subscription.id);
            if (!removed && removed.error() == Errc::siigo_not_found) co_return Result<void>{};  // gone is gone
            co_return removed;
        }
    }
    co_return Result<void>{};
}

/// A PUT whose id SIIGO did not take (siigo-api.md: the documents put it nowhere) is answered 201 and changes nothing,
/// or is refused.
/// Deleted first: a second subscription to one topic may be refused.
asio::awaitable<Result<void>> SubscriptionKeeper::Impl::replace_stubborn(std::vector<Subscription> listed) {
    std::vector<SubscriptionStep> steps;
    for (auto& step : plan_subscriptions(listed, settings)) {
        if (step.what != Do::update) continue;  // tried just now, and as good as it gets
        steps.push_back({Do::remove, step.subscription});
        step.what = Do::create;
        step.subscription.id.clear();
        steps.push_back(std::move(step));
    }
    co_return co_await carry_out_all(std::move(steps));
}

/// One record a topic, so that one that SIIGO replaced is overwritten and none is left behind.
asio::awaitable<Result<void>> SubscriptionKeeper::Impl::keep(std::vector<Subscription> own) {
    if (kept == own) co_return Result<void>{};

    Submission submission;
    for (const auto& subscription : own)
        submission.records.put(Family::subscriptions, keys::subscription(settings.company, subscription.topic),
                               records::encode(subscription));
    const auto done = co_await ledger.apply(std::move(submission));
    if (!done) co_return done.error();
    kept = std::move(own);
    co_return Result<void>{};
}

}  // namespace stockcast
