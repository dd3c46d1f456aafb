#include "durability/shop.hpp"

#include "support/run.hpp"

#include "stockcast/ledger/retention.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <string>

namespace stockcast::test {

Shop::Shop(Store& store, std::uint64_t seed) : store_(store), random_(seed) {
    ledger_.emplace(store_, LedgerSettings{}, io_.get_executor(), clock_, random_, log_, [] {});
    // Later than all that an earlier shop on this store has done.
    clock_.advance(std::chrono::minutes{ledger_->status().head});
}

Shop::~Shop() {
    run(io_, ledger_->drain());
}

Submission Shop::told(std::uint64_t n, std::int64_t left, std::size_t payload_bytes) {
    clock_.advance(std::chrono::seconds{1});
    Submission submission;
    WebhookLog entry;
    entry.id = ledger_->new_log_id();
    entry.company = "main";
    entry.received_at = clock_.wall();
    entry.topic = "public.siigoapi.products.stock.update";
    entry.product = product_id(n);
    entry.payload = R"({"available_quantity":)" + std::to_string(left) + R"(,"rest":")";
    while (entry.payload.size() < payload_bytes) entry.payload += random_.token(30);
    entry.payload += "\"}";
    const auto figure = std::to_string(left);
    const auto now = clock_.wall().to_iso();
    auto said = observation()
                    .about(n)
                    .coded("P" + std::to_string(n))
                    .named("Camiseta " + std::to_string(n))
                    .with_stock(left)
                    .in_warehouse("1270", "Bodega principal", figure)
                    .as_of(now)
                    .caused_by(entry.id);
    said.seen(ledger_->tick(), now);
    submission.observations.push_back(said);
    submission.webhook = std::move(entry);
    return submission;
}

Result<Commit> Shop::apply(Submission submission) {
    return run(io_, ledger_->apply(std::move(submission)));
}

Result<Commit> Shop::sell(std::uint64_t n, std::int64_t left, std::size_t payload_bytes) {
    return apply(told(n, left, payload_bytes));
}

std::vector<Result<Commit>> Shop::sell_together(std::uint64_t from, std::uint64_t to, std::int64_t left) {
    std::vector<std::future<Result<Commit>>> waiting;
    for (auto n = from; n < to; ++n)
        waiting.push_back(asio::co_spawn(io_, ledger_->apply(told(n, left)), asio::use_future));
    io_.restart();
    io_.run();
    std::vector<Result<Commit>> answers;
    for (auto& answer : waiting) answers.push_back(answer.get());
    return answers;
}

Result<Commit> Shop::sync(std::uint64_t n, std::int64_t left) {
    auto submission = told(n, left);
    SyncLog run;
    run.id = submission.webhook->id;
    run.company = "main";
    run.started_at = clock_.wall();
    submission.webhook.reset();
    submission.records.put(Family::sync_logs, keys::log(run.company, run.id), records::encode(run));
    auto& said = submission.observations.front();
    said.origin = Origin::page;
    said.source = Source::scheduled_sync;
    return apply(std::move(submission));
}

Result<void> Shop::let_go(std::chrono::seconds kept) {
    const auto before = clock_.wall() - kept;
    for (bool is_all = false; !is_all;) {
        auto plan = plan_retention(store_, {.changes = before, .logs = before, .audit = before}, /*changes_max=*/50);
        if (!plan) return plan.error();
        is_all = plan->is_all;
        if (!plan->submission.floors) break;
        if (const auto durable = apply(std::move(plan->submission)); !durable) return durable.error();
    }
    return store_.reclaim();
}

Result<Commit> Shop::administer(std::uint64_t n) {
    Submission submission;
    AuditEntry entry;
    entry.id = ledger_->new_log_id();
    entry.company = "main";
    entry.at = clock_.wall();
    entry.subject = "ana";
    entry.method = "POST";
    entry.path = "/api/webhooks/test";
    submission.records.put(Family::audit, keys::log(entry.company, entry.id), records::encode(entry));
    Subscription subscription;
    subscription.id = "subscription-" + std::to_string(n);
    subscription.active = true;
    submission.records.put(Family::subscriptions, keys::subscription("main", subscription.id),
                           records::encode(subscription));
    return apply(std::move(submission));
}

}  // namespace stockcast::test
