#include "stockcast/ledger/ledger.hpp"

#include "ledger/front.hpp"
#include "ledger/queue.hpp"
#include "ledger/writer.hpp"

#include "stockcast/ledger/step.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <boost/asio/async_result.hpp>

#include <atomic>
#include <pthread.h>
#include <sched.h>
#include <thread>

namespace stockcast {
namespace {

[[noreturn]] void refuse(const char* what, const char* spanish) {
    throw StoreRefused{
        StoreRefused::Reason::damaged,
        std::string{"The store's "} + what + " cannot be read: restore a backup, or start with an empty DATA_DIR",
        std::string{"No se puede leer "} + spanish +
            " del almacén: restaure una copia o empiece con un DATA_DIR vacío"};
}

LedgerState read_state(const Store& store) {
    const auto value = store.get(Family::meta, keys::ledger_state);
    if (!value) refuse("state", "el estado");
    if (!*value) return {};
    auto state = decode_ledger_state(**value);
    if (!state) refuse("state", "el estado");
    return *std::move(state);
}

std::string read_epoch(const Store& store) {
    const auto value = store.get(Family::meta, keys::epoch);
    if (!value) refuse("epoch", "la época");
    if (!*value) return {};
    auto epoch = records::decode_text(**value);
    if (!epoch) refuse("epoch", "la época");
    return *std::move(epoch);
}

/// Where the core is shared, a thread that is woken by the first notification puts the executor aside and commits that
/// one alone. As a batch task it begins when the executor has nothing left to do, with all that has come meanwhile: 110
/// notifications a batch instead of 19, at 18 % less of the core. With a core to itself it begins at once either way.
void wait_for_the_executor() noexcept {
    const sched_param no_priority{};
    ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &no_priority);  // refused: smaller batches, nothing wrong
}

}  // namespace

struct Ledger::Impl {
    Impl(Store& store, LedgerSettings given, asio::any_io_executor where, Clock& time, Random& chance, Log& log,
         std::function<void()> on_fatal)
        : settings(std::move(given)),
          executor(std::move(where)),
          clock(time),
          random(chance),
          front(std::make_shared<ledger::Front>(executor, clock, std::move(on_fatal))),
          queue(settings) {
        auto state = read_state(store);
        front->start(read_epoch(store), state);
        ticks = state.ticks;
        writer = std::make_unique<ledger::Writer>(store, settings, std::move(state), ticks, log);
        thread = std::thread{[this] {
            wait_for_the_executor();
            writer->run(queue, front, executor);
        }};
    }

    ~Impl() {
        queue.stop();
        if (thread.joinable()) thread.join();
        front->abandon();
    }

    const LedgerSettings settings;
    const asio::any_io_executor executor;
    Clock& clock;
    Random& random;
    std::shared_ptr<ledger::Front> front;
    ledger::Queue queue;
    std::atomic<SeenTick> ticks = 0;  ///< written on the executor, read by the thread
    LogId last_log_id;
    std::unique_ptr<ledger::Writer> writer;
    std::thread thread;
};

Ledger::Ledger(Store& store, LedgerSettings settings, asio::any_io_executor executor, Clock& clock, Random& random,
               Log& log, std::function<void()> on_fatal)
    : impl_(std::make_unique<Impl>(store, std::move(settings), std::move(executor), clock, random, log,
                                   std::move(on_fatal))) {}

Ledger::~Ledger() = default;

void Ledger::measure(Metrics& metrics) {
    impl_->writer->measure(
        {impl_->clock,
         metrics.histogram("stockcast_ledger_commit_seconds", "One batch's write with its fsync.", latency_seconds),
         metrics.histogram("stockcast_ledger_batch_submissions", "Submissions that shared one fsync.", batch_sizes)});
    const auto gauge = [&](std::string_view name, std::string_view help, auto read) {
        metrics.gauge(name, help, {}, [this, read] { return static_cast<double>(read(status())); });
    };
    const auto counter = [&](std::string_view name, std::string_view help, auto read) {
        metrics.counter(name, help, {}, [this, read] { return static_cast<double>(read(status())); });
    };
    gauge("stockcast_ledger_head", "The newest change's seq.", [](const auto& now) { return now.head; });
    gauge("stockcast_ledger_oldest", "The oldest change's seq that is still kept.",
          [](const auto& now) { return now.oldest; });
    gauge("stockcast_ledger_waiting_submissions", "Submissions in the ledger's queue.",
          [](const auto& now) { return now.waiting; });
    gauge("stockcast_store_writable", "1 while the store takes writes.",
          [](const auto& now) { return now.store.writable ? 1 : 0; });
    gauge("stockcast_products", "Products held, deleted ones aside.",
          [](const auto& now) { return now.counters.products; });
    counter("stockcast_ledger_submissions_total", "Submissions that were made durable.",
            [](const auto& now) { return now.submissions; });
    counter("stockcast_webhooks_total", "Notifications that had the secret, since the store began.",
            [](const auto& now) { return now.counters.webhooks; });
    counter("stockcast_webhooks_processed_total", "Of these, those that were believed, since the store began.",
            [](const auto& now) { return now.counters.webhooks_processed; });
}

void Ledger::on_commit(std::function<void(const CommitNotice&)> listener) {
    impl_->front->listen(std::move(listener));
}

asio::awaitable<Result<Commit>> Ledger::apply(Submission submission) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<Commit>)>(
        [impl = impl_.get(), &submission](auto handler) {
            ledger::Waiter<Commit> waiter{std::move(handler), asio::make_work_guard(impl->executor)};
            const auto pushed = impl->queue.push(submission, impl->clock.wall(), waiter);
            if (!pushed) ledger::refuse(std::move(waiter), pushed.error());
        },
        asio::use_awaitable);
}

SeenTick Ledger::tick() {
    return ++impl_->ticks;
}

LogId Ledger::new_log_id() {
    return impl_->last_log_id = LogId::make(impl_->clock.wall(), impl_->random, impl_->last_log_id);
}

const LedgerStatus& Ledger::status() const {
    return impl_->front->status(impl_->queue.waiting());
}

asio::awaitable<Result<void>> Ledger::checkpoint(std::string directory) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(
        [impl = impl_.get(), &directory](auto handler) {
            ledger::CopyOrder order{std::move(directory), {std::move(handler), asio::make_work_guard(impl->executor)}};
            const auto pushed = impl->queue.push(order);
            if (!pushed) ledger::refuse(std::move(order.waiter), pushed.error());
        },
        asio::use_awaitable);
}

asio::awaitable<void> Ledger::drain() {
    impl_->queue.stop();
    co_await impl_->front->wait_until_ended();
    if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace stockcast
