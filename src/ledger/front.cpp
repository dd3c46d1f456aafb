#include "ledger/front.hpp"

#include <boost/asio/async_result.hpp>

namespace stockcast::ledger {

Front::Front(asio::any_io_executor executor, Clock& clock, std::function<void()> on_fatal)
    : executor_(std::move(executor)), clock_(clock), on_fatal_(std::move(on_fatal)) {}

void Front::start(std::string epoch, const LedgerState& state) {
    status_.epoch = std::move(epoch);
    keep(state);
}

void Front::keep(const LedgerState& state) {
    status_.head = state.head;
    status_.head_hash = state.head_hash;
    status_.oldest = state.oldest;
    status_.counters = state.counters;
    webhook_minutes_ = state.webhook_minutes;
}

void Front::committed(Committed batch) {
    keep(batch.state);
    status_.store = std::move(batch.health);
    ++status_.batches;
    status_.submissions += batch.waiters.size();
    for (std::size_t i = 0; i < batch.waiters.size(); ++i) {
        complete<Commit>(std::move(batch.waiters[i]), std::move(batch.commits[i]));
    }
    for (const auto& listener : listeners_) listener(batch.notice);
}

void Front::refused(std::vector<Waiter<Commit>> waiters, Errc why, StoreHealth health) {
    status_.store = std::move(health);
    for (auto& waiter : waiters) complete<Commit>(std::move(waiter), why);
}

void Front::failed(Work batch, Work rest, StoreHealth health) {
    status_.store = std::move(health);
    for (auto* work : {&batch, &rest}) {
        for (auto& waiter : work->waiters) complete<Commit>(std::move(waiter), Errc::store_failed);
        for (auto& copy : work->copies) complete<void>(std::move(copy.waiter), Errc::store_failed);
    }
    if (const auto tell = std::exchange(on_fatal_, nullptr)) tell();
}

void Front::ended() {
    has_ended_ = true;
    for (auto& waiter : std::exchange(until_ended_, {})) complete<void>(std::move(waiter), {});
}

void Front::abandon() {
    listeners_.clear();
    on_fatal_ = nullptr;
}

asio::awaitable<void> Front::wait_until_ended() {
    if (has_ended_) co_return;
    const auto ended = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(
        [this](auto handler) { until_ended_.push_back({std::move(handler), asio::make_work_guard(executor_)}); },
        asio::use_awaitable);
    static_cast<void>(ended);  // ending has no errors
}

const LedgerStatus& Front::status(std::size_t waiting) {
    roll_over(status_.counters, webhook_minutes_, clock_.wall(), status_.head);
    status_.waiting = waiting;
    return status_;
}

}  // namespace stockcast::ledger
