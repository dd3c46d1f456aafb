#include "ledger/writer.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace stockcast::ledger {
namespace {

constexpr std::size_t held_bytes_max = std::size_t{16} << 20;
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{30'000};

/// By one post a result, so that the executor's turn is taken once a batch.
template <class Tell>
void tell(const asio::any_io_executor& executor, const std::shared_ptr<Front>& front, Tell what) {
    asio::post(executor, [front, what = std::move(what)]() mutable { what(*front); });
}

}  // namespace

Writer::Writer(Store& store, const LedgerSettings& settings, LedgerState state, const std::atomic<SeenTick>& ticks,
               Log& log)
    : store_(store), settings_(settings), state_(std::move(state)), ticks_(ticks), log_(log) {}

Driver::Next Writer::turn(Queue& queue, const std::shared_ptr<Front>& front, const asio::any_io_executor& executor) {
    if (!health_.writable && probe())
        tell(executor, front, [health = health_](Front& to) mutable { to.health(std::move(health)); });

    auto work = queue.take();
    if (!work.submissions.empty()) {
        auto step = health_.writable ? commit(work.submissions, work.now) : Result<Step>{Errc::store_full};
        if (step) {
            Front::Committed batch{std::move(work.waiters), std::move(step->commits), std::move(step->notice), state_,
                                   health_};
            tell(executor, front, [batch = std::move(batch)](Front& to) mutable { to.committed(std::move(batch)); });
        } else if (step.error() == Errc::store_full) {
            tell(executor, front, [waiters = std::move(work.waiters), health = health_](Front& to) mutable {
                to.refused(std::move(waiters), Errc::store_full, std::move(health));
            });
        } else {
            tell(executor, front, [failed = std::move(work), rest = queue.fail(), health = health_](Front& to) mutable {
                to.failed(std::move(failed), std::move(rest), std::move(health));
                to.ended();
            });
            return {.is_over = true, .again = {}};
        }
    }

    for (auto& copy : work.copies) {
        tell(executor, front,
             [waiter = std::move(copy.waiter), result = store_.checkpoint(copy.directory)](Front&) mutable {
                 complete<void>(std::move(waiter), std::move(result));
             });
    }
    if (work.ended) {
        tell(executor, front, [](Front& to) { to.ended(); });
        return {.is_over = true, .again = {}};
    }
    if (queue.waiting() > 0) return {.is_over = false, .again = std::chrono::milliseconds{0}};
    return {.is_over = false, .again = health_.writable ? std::nullopt : std::optional{pause_}};
}

Result<void> Writer::write(const Batch& batch, std::size_t submissions) {
    if (!meters_) return store_.commit(batch);
    const auto begun = meters_->clock.now();
    auto committed = store_.commit(batch);
    meters_->commit_seconds.observe(meters_->clock.now() - begun);
    meters_->batch_submissions.observe(static_cast<double>(submissions));
    return committed;
}

/// What an exception tells here is a bug, and the state in memory can no longer be trusted: the same end as a failed
/// store.
Result<Step> Writer::commit(std::span<const Submission> submissions, Instant now) {
    try {
        if (const auto read = read_missing(submissions); !read) return read.error();

        auto before = state_;
        before.ticks = std::max(before.ticks, ticks_.load(std::memory_order_relaxed));
        auto result = step(held_, submissions, before, now, settings_.rules);
        if (const auto committed = write(result.batch, submissions.size()); !committed) {
            forget();
            if (committed.error() == Errc::store_full) {
                became_full(store_.recover());
            } else {
                tell_failure(committed.error().message());
            }
            return committed.error();
        }

        if (meters_) result.notice.durable = meters_->clock.now();
        state_ = result.state;
        keep_within_bounds(submissions);
        for (const auto& code : result.odd_sums) {
            log_.info(Mark::none,
                      {"{code}: the warehouses' figures do not add up to available_quantity, which counts",
                       "{code}: las bodegas no suman available_quantity, que es la cifra que vale"},
                      {{"code", code}});
        }
        return result;
    } catch (const std::exception& bug) {
        tell_failure(bug.what());
        return Errc::store_failed;
    }
}

Result<void> Writer::read_missing(std::span<const Submission> submissions) {
    std::vector<Held::value_type*> missing;
    std::vector<std::string> product_keys;
    for (const auto& submission : submissions) {
        for (const auto& said : submission.observations) {
            const auto [place, is_new] = held_.try_emplace({said.company, said.product});
            if (!is_new) continue;
            missing.push_back(&*place);
            product_keys.push_back(keys::product(said.company, said.product));
        }
    }
    if (missing.empty()) return {};

    const auto values = store_.get_many(Family::products, product_keys);
    if (!values) {
        tell_failure(values.error().message());
        return values.error();
    }
    for (std::size_t i = 0; i < missing.size(); ++i) {
        const auto& bytes = (*values)[i];
        if (!bytes) continue;
        auto decoded = records::decode_product(*bytes);
        if (!decoded) {
            const auto product = missing[i]->first.second.to_string();
            log_.error(
                {"The record of product {product} is damaged. Restore a backup, or start with an empty DATA_DIR",
                 "El registro del producto {product} está dañado. Restaure una copia o empiece con un DATA_DIR vacío"},
                {{"product", product}});
            tell_failure(decoded.error().message());
            return decoded.error();
        }
        missing[i]->second = *std::move(decoded);
    }
    return {};
}

void Writer::keep_within_bounds(std::span<const Submission> submissions) {
    for (const auto& submission : submissions) {
        for (const auto& said : submission.observations) {
            const auto& product = held_.at({said.company, said.product});
            held_bytes_ += sizeof(Held::value_type);
            if (product)
                held_bytes_ += product->properties.size() + product->warehouses.size() * sizeof(WarehouseStock);
        }
    }
    if (held_bytes_ > held_bytes_max) forget();
}

void Writer::forget() {
    held_.clear();
    held_bytes_ = 0;
}

/// Whether a full store can be written again.
bool Writer::probe() {
    const auto health = store_.recover();
    if (!health.writable) {
        pause_ = std::min(2 * pause_, longest_pause);
        health_ = health;
        return false;
    }
    health_ = {};
    pause_ = {};
    log_.info(Mark::success,
              {"There is room again: the store is written", "Hay espacio de nuevo: el almacén se escribe"});
    return true;
}

void Writer::became_full(const StoreHealth& health) {
    // The store may have found room just now; the refused batch is not tried again here, its callers are.
    if (health.writable) return;
    health_ = health;
    pause_ = first_pause;
    log_.error({"Nothing can be stored: {reason}. Notifications are answered 503 until there is room",
                "No se puede guardar nada: {reason}. Las notificaciones reciben 503 hasta que haya espacio"},
               {{"reason", health.reason}});
}

void Writer::tell_failure(std::string_view reason) {
    health_ = {false, std::string{reason}};
    log_.error({"The store failed: {reason}. Stopping; the next start finds what is durable",
                "Falló el almacén: {reason}. Se detiene; el próximo inicio encuentra lo que quedó guardado"},
               {{"reason", reason}});
}

}  // namespace stockcast::ledger
