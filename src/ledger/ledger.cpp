#include "stockcast/ledger/ledger.hpp"

#include "ledger/front.hpp"
#include "ledger/queue.hpp"
#include "ledger/writer.hpp"

#include "stockcast/ledger/step.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

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

}  // namespace

struct Ledger::Impl {
    Impl(Store& store, LedgerSettings given, asio::any_io_executor where, Clock& time, Random& chance, Log& log,
         std::function<void()> on_fatal, std::unique_ptr<Driver> its_driver)
        : settings(std::move(given)),
          executor(std::move(where)),
          in_order(asio::make_strand(executor)),
          clock(time),
          random(chance),
          front(std::make_shared<ledger::Front>(executor, clock, std::move(on_fatal))),
          queue(settings),
          driver(std::move(its_driver)) {
        auto state = read_state(store);
        front->start(read_epoch(store), state);
        stay_above(store.floors());
        ticks = state.ticks;
        writer = std::make_unique<ledger::Writer>(store, settings, std::move(state), ticks, log);
        driver->start([this] { return writer->turn(queue, front, in_order); });
    }

    ~Impl() {
        stop();
        driver->join();
        front->abandon();
    }

    template <class Order, class... Rest>
    Result<void> push(Order& order, Rest&&... rest) {
        const auto pushed = queue.push(order, std::forward<Rest>(rest)...);
        if (pushed) driver->wake();
        return pushed;
    }

    /// An entry made below the floor would be gone as it is written: where the clock was put back behind what retention
    /// has let go, ids go on from there.
    void stay_above(const Floors& floors) {
        log_ids_from = std::max({log_ids_from, floors.logs.time(), floors.audit.time()});
    }

    void stop() {
        queue.stop();
        driver->wake();
    }

    const LedgerSettings settings;
    const asio::any_io_executor executor;
    const asio::any_io_executor in_order;  ///< batches are told as they were written, whatever else the executor draws
    Clock& clock;
    Random& random;
    std::shared_ptr<ledger::Front> front;
    ledger::Queue queue;
    std::atomic<SeenTick> ticks = 0;  ///< written on the executor, read by the turns
    LogId last_log_id;
    Instant log_ids_from;  ///< no new id names an earlier time
    std::unique_ptr<ledger::Writer> writer;
    std::unique_ptr<Driver> driver;  ///< end before what they use
};

Ledger::Ledger(Store& store, LedgerSettings settings, asio::any_io_executor executor, Clock& clock, Random& random,
               Log& log, std::function<void()> on_fatal, std::unique_ptr<Driver> driver)
    : impl_(std::make_unique<Impl>(store, std::move(settings), std::move(executor), clock, random, log,
                                   std::move(on_fatal), std::move(driver))) {}

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
    if (submission.floors) impl_->stay_above(*submission.floors);
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<Commit>)>(
        [impl = impl_.get(), &submission](auto handler) {
            ledger::Waiter<Commit> waiter{std::move(handler), asio::make_work_guard(impl->executor)};
            const auto pushed = impl->push(submission, impl->clock.wall(), waiter);
            if (!pushed) ledger::refuse(std::move(waiter), pushed.error());
        },
        asio::use_awaitable);
}

SeenTick Ledger::tick() {
    return ++impl_->ticks;
}

LogId Ledger::new_log_id() {
    return impl_->last_log_id =
               LogId::make(std::max(impl_->clock.wall(), impl_->log_ids_from), impl_->random, impl_->last_log_id);
}

const LedgerStatus& Ledger::status() const {
    return impl_->front->status(impl_->queue.waiting());
}

asio::awaitable<Result<void>> Ledger::checkpoint(std::string directory) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(
        [impl = impl_.get(), &directory](auto handler) {
            ledger::CopyOrder order{std::move(directory), {std::move(handler), asio::make_work_guard(impl->executor)}};
            const auto pushed = impl->push(order);
            if (!pushed) ledger::refuse(std::move(order.waiter), pushed.error());
        },
        asio::use_awaitable);
}

asio::awaitable<void> Ledger::drain() {
    impl_->stop();
    co_await impl_->front->wait_until_ended();
    impl_->driver->join();
}

}  // namespace stockcast
