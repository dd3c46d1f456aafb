#include "app/retention.hpp"

#include "stockcast/ledger/retention.hpp"

#include <algorithm>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

/// Changes in one commit: some 1 MB of anchors, so that a webhook behind it waits for a few milliseconds.
constexpr std::size_t changes_together = 500;

}  // namespace

asio::awaitable<void> Retention::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto shortest = std::min(settings_.logs, settings_.changes);
    const std::chrono::milliseconds interval = std::clamp<std::chrono::milliseconds>(shortest / 4, 1s, 1h);
    for (;;) {
        const auto passed = co_await pass();
        if (!passed && passed.error() != Errc::stopping) {
            log_.warning(Mark::none,
                         {"What is old could not be removed, and is tried again: {reason}",
                          "Lo antiguo no se pudo retirar; se intenta de nuevo: {reason}"},
                         {{"reason", passed.error().message()}});
        }
        if (const auto slept = co_await clock_.sleep_for(interval); !slept) co_return;
    }
}

asio::awaitable<Result<void>> Retention::pass() {
    const auto now = clock_.wall();
    const RetentionCutoffs cutoffs{
        .changes = now - settings_.changes, .logs = now - settings_.logs, .audit = now - settings_.changes};
    std::uint64_t gone = 0;
    for (bool is_all = false; !is_all;) {
        auto plan = co_await offload(
            workers_, [&store = store_, cutoffs] { return plan_retention(store, cutoffs, changes_together); });
        if (!plan) co_return plan.error();
        is_all = plan->is_all;
        gone += plan->changes;
        if (!plan->submission.floors) break;
        const auto durable = co_await ledger_.apply(std::move(plan->submission));
        if (!durable) co_return durable.error();
    }
    if (gone > 0) {
        log_.info(
            Mark::none,
            {"{changes} changes have reached the age of CHANGES_RETENTION and are gone; {oldest} is the oldest kept",
             "{changes} cambios llegaron a la edad de CHANGES_RETENTION y ya no están; el más antiguo es {oldest}"},
            {{"changes", gone}, {"oldest", ledger_.status().oldest}});
    }
    co_return co_await offload(workers_, [&store = store_] { return store.reclaim(); });
}

}  // namespace stockcast
