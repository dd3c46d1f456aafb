#include "fanout/hub.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <utility>

namespace stockcast {

namespace {

/// Sessions served before others on the executor get their turn; newer changes join meanwhile.
constexpr std::size_t slice = 256;
/// Bytes handed over in one slice to those who catch up, who take up to 64 kB each.
constexpr std::size_t slice_bytes = std::size_t{256} * 1024;
constexpr std::chrono::seconds sweep_interval{1};

void unlink(intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>& hook) {
    if (hook.is_linked()) hook.unlink();
}

}  // namespace

Hub::Hub(const asio::any_io_executor& on, Store& from, Workers& with, Clock& by, Log& to, std::string its_epoch,
         Seq head, const ChainHash& head_hash, BroadcasterSettings its_settings)
    : executor(on),
      store(from),
      workers(with),
      clock(by),
      log(to),
      epoch(std::move(its_epoch)),
      settings(its_settings),
      websocket("websocket", std::make_unique<WebSocketFraming>(), its_settings.ring_bytes, head),
      published(on),
      log_turns(on, its_settings.log_readers_max),
      head_hash_(head_hash),
      gone_(on) {}

Transport& Hub::event_stream() {
    if (!events_) events_.emplace("events", std::make_unique<EventStreamFraming>(epoch), settings.ring_bytes, head());
    return *events_;
}

void Hub::add(Session& session) {
    all_.push_back(session);
    ++count_;
    ++session.transport().clients;
    if (!sweeping_) start_sweeping();
}

void Hub::remove(Session& session) {
    unlink(session);
    if (session.filter()) narrowed.remove(session, *session.filter());
    all_.erase(all_.iterator_to(session));
    --count_;
    --session.transport().clients;
    if (abandoned_) return;
    if (count_ == 0) lag_ = {};
    if (stopping_) gone_.notify_all();
    // An endless sleep would keep the io_context from running out of work.
    if (count_ == 0 && sweeping_) std::exchange(sweeping_, nullptr)->emit(asio::cancellation_type::terminal);
}

void Hub::stop(Stop how) {
    stopping_ = true;
    for (auto& session : all_) how == Stop::at_once ? session.end() : session.stop();
    gone_.notify_all();
}

asio::awaitable<void> Hub::wait_until_stopped() {
    while (!stopping_ || count_ > 0)
        if (const auto woken = co_await gone_.wait(); !woken) co_return;
}

void Hub::publish(const CommitNotice& notice) {
    websocket.ring.let_go_below(notice.oldest);
    if (events_) events_->ring.let_go_below(notice.oldest);
    if (notice.changes.empty()) return;
    head_hash_ = notice.head_hash;
    const auto now = clock.now();
    for (const auto& change : notice.changes) {
        websocket.ring.append(change, now);
        if (events_) events_->ring.append(change, now);
        if (!narrowed.is_empty()) wake_concerned(change);
    }
    published.notify_all();
    if (is_level_behind() && !undelivered_since_) undelivered_since_ = notice.durable.value_or(now);
    if (has_work()) wake();
}

void Hub::announce(const std::string& event) {
    std::string frame;
    websocket.framing->append_message(frame, event);
    std::string event_frame;
    if (events_) events_->framing->append_message(event_frame, event);
    const auto type = type_of(event);
    for (auto& session : all_) session.announce(type, &session.transport() == &websocket ? frame : event_frame);
}

void Hub::send_soon(Session& session) {
    unlink(session);
    due_.push_back(session);
    wake();
}

void Hub::rest(Session& session) {
    unlink(session);
    if (session.filter())
        session.park();
    else
        level_.push_back(session);
}

/// Their cursors are right before this change, and those of the queue at it or before: it stays in order. One that is
/// parked can be due for an announcement: both go in one write then.
void Hub::wake_concerned(const PublishedChange& change) {
    narrowed.for_each_concerned(change, [&](Session& session) {
        if (!session.wake_for(change)) return;
        unlink(session);
        level_.push_back(session);
    });
}

Session* Hub::find(std::uint64_t id) {
    Session* found = nullptr;
    for_each_after(id - 1, [&](Session& session) {
        if (session.id() == id) found = &session;
        return false;
    });
    return found;
}

std::chrono::milliseconds Hub::come_back_in() {
    // Multiples of the golden ratio fill the span without bunches, whatever their number. The span grows with the
    // clients, so that a thousand a second come back at most.
    constexpr double golden = 0.6180339887498949;
    const double part = std::fmod(static_cast<double>(++spread_) * golden, 1.0);
    const auto span =
        std::clamp(std::chrono::milliseconds{count_}, settings.come_back_span_least, settings.come_back_span_most);
    return settings.come_back_least + std::chrono::milliseconds{static_cast<std::int64_t>(part * double(span.count()))};
}

void Hub::note_ahead(Seq since) {
    if (on_since_ahead) on_since_ahead(since, head());
}

Hub::Lag Hub::measured_lag(Steady now) const {
    Lag lag;
    for (const auto& session : all_) {
        if (session.cursor() >= head()) continue;
        ++lag.clients;
        lag.changes = std::max(lag.changes, head() - session.cursor());
        if (session.cursor() + 1 < session.transport().ring.oldest()) ++lag.clients_behind_ring;
        lag.time = std::max(lag.time, behind_for(session, now));
    }
    return lag;
}

std::chrono::nanoseconds Hub::behind_for(const Session& session, Steady now) const {
    if (session.cursor() >= head()) return {};
    // Of what has fallen out of the ring only this is known: it was there before the oldest that is left.
    const auto& ring = session.transport().ring;
    const auto* entry = ring.entry(std::max(session.cursor() + 1, ring.oldest()));
    return entry == nullptr ? std::chrono::nanoseconds{} : now - std::max(entry->at, session.since());
}

bool Hub::has_work() const {
    return !due_.empty() || is_level_behind();
}

bool Hub::is_level_behind() const {
    return !level_.empty() && level_.front().cursor() < head();
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

/// The live ones first: they are quickly served, and wait for this very change. Those who catch up get what is left of
/// the slice, and never starve, since a live one that was served is not live again before its write is over.
void Hub::send_slice() {
    std::size_t bytes = 0;
    for (auto left = slice; left > 0 && bytes < slice_bytes && has_work(); --left) {
        Queue& queue = is_level_behind() ? level_ : due_;
        Session& session = queue.front();
        queue.pop_front();
        bytes += session.advance();
    }
    if (undelivered_since_ && !is_level_behind()) {
        const auto took = clock.now() - *std::exchange(undelivered_since_, std::nullopt);
        if (on_delivered) on_delivered(took);
    }
    if (has_work()) wake();
}

void Hub::start_sweeping() {
    sweeping_ = std::make_shared<asio::cancellation_signal>();
    asio::co_spawn(executor, sweep(shared_from_this()),
                   asio::bind_cancellation_slot(sweeping_->slot(), [signal = sweeping_, hub = shared_from_this()](
                                                                       const std::exception_ptr& thrown) {
                       if (!thrown) return;
                       hub->log.error({"The sweep over the streaming clients failed",
                                       "Falló la revisión de los clientes conectados"});
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
        hub->lag_ = hub->measured_lag(now);
        for (auto& session : hub->all_) session.tick(now, wall);
    }
}

}  // namespace stockcast
