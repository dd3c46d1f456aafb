#include "fanout/hub.hpp"

#include "stockcast/base/json.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>

namespace stockcast {

namespace {

/// Sessions served before others on the executor get their turn; newer changes join meanwhile.
constexpr std::size_t slice = 256;
constexpr std::chrono::seconds sweep_interval{1};

void unlink(intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>& hook) {
    if (hook.is_linked()) hook.unlink();
}

std::string type_of(const std::string& event) {
    const auto json = parse_json(event);
    const auto* type = json ? json->find("type") : nullptr;
    return type != nullptr && type->if_string() != nullptr ? *type->if_string() : std::string{};
}

}  // namespace

Hub::Hub(const asio::any_io_executor& on, Store& from, Workers& with, Clock& by, Log& to, std::string its_epoch,
         Seq head, BroadcasterSettings its_settings)
    : executor(on),
      store(from),
      workers(with),
      clock(by),
      log(to),
      epoch(std::move(its_epoch)),
      settings(its_settings),
      ring(its_settings.ring_bytes, head),
      published(on),
      log_turns(on, its_settings.log_readers_max) {}

void Hub::add(Session& session) {
    all_.push_back(session);
    ++count_;
    if (!sweeping_) start_sweeping();
}

void Hub::remove(Session& session) {
    unlink(session);
    all_.erase(all_.iterator_to(session));
    --count_;
    // An endless sleep would keep the io_context from running out of work.
    if (count_ == 0 && sweeping_) std::exchange(sweeping_, nullptr)->emit(asio::cancellation_type::terminal);
}

void Hub::publish(const CommitNotice& notice) {
    if (notice.changes.empty()) return;
    for (const auto& change : notice.changes) ring.append(change);
    published.notify_all();
    if (has_work()) wake();
}

void Hub::announce(const std::string& event) {
    std::string frame;
    websocket::append_frame(frame, websocket::Opcode::text, event);
    const auto type = type_of(event);
    for (auto& session : all_) session.announce(type, frame);
}

void Hub::send_soon(Session& session) {
    unlink(session);
    due_.push_back(session);
    wake();
}

void Hub::rest(Session& session) {
    unlink(session);
    level_.push_back(session);
}

bool Hub::has_work() const {
    return !due_.empty() || (!level_.empty() && level_.front().cursor() < head());
}

/// One hand-over to the executor however much was published: what waits there, such as the answers to those whose
/// changes these are, goes first.
void Hub::wake() {
    if (std::exchange(awake_, true)) return;
    asio::post(executor, [hub = shared_from_this()] {
        hub->awake_ = false;
        hub->send_slice();
    });
}

void Hub::send_slice() {
    for (auto left = slice; left > 0 && has_work(); --left) {
        Queue& queue = due_.empty() ? level_ : due_;
        Session& session = queue.front();
        queue.pop_front();
        session.advance();
    }
    if (has_work()) wake();
}

void Hub::start_sweeping() {
    sweeping_ = std::make_shared<asio::cancellation_signal>();
    asio::co_spawn(executor, sweep(shared_from_this()),
                   asio::bind_cancellation_slot(sweeping_->slot(), [signal = sweeping_, hub = shared_from_this()](
                                                                       const std::exception_ptr& thrown) {
                       if (!thrown) return;
                       hub->log.error({"The sweep over the WebSocket clients failed",
                                       "Falló la revisión de los clientes WebSocket"});
                       std::rethrow_exception(thrown);
                   }));
}

asio::awaitable<void> Hub::sweep(std::shared_ptr<Hub> hub) {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        auto slept = co_await hub->clock.sleep_for(sweep_interval);
        if (!slept) co_return;
        const auto now = hub->clock.now();
        const auto wall = hub->clock.wall();
        for (auto& session : hub->all_) session.tick(now, wall);
    }
}

}  // namespace stockcast
