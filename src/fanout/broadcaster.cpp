#include "stockcast/fanout/broadcaster.hpp"

#include "fanout/change_log.hpp"
#include "fanout/event_session.hpp"
#include "fanout/hub.hpp"
#include "fanout/websocket_session.hpp"

#include "stockcast/base/within.hpp"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace stockcast {

namespace {

/// Of one answer to GET /api/changes, whatever its limit.
constexpr std::size_t answer_bytes_max = std::size_t{4} << 20;

/// A request that waits for a change is a client meanwhile.
class Waiting {
public:
    explicit Waiting(ClientCounts& counts) : counts_(counts) { ++counts_.clients; }
    ~Waiting() { --counts_.clients; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

private:
    ClientCounts& counts_;
};

void count(ClientCounts& counts, const Broadcaster::Changes& changes) {
    counts.changes_sent += changes.count;
    counts.bytes_sent += changes.events.size();
}

Broadcaster::Changes from_ring(const Ring& ring, Seq since, std::size_t limit) {
    Broadcaster::Changes changes{ring.head(), {}, 0};
    for (auto seq = since + 1; seq <= ring.head() && changes.count < limit; ++seq) {
        if (changes.events.size() >= answer_bytes_max) break;
        if (changes.count++ > 0) changes.events += ',';
        changes.events += ring.event(*ring.entry(seq));
    }
    return changes;
}

}  // namespace

Broadcaster::Broadcaster(asio::any_io_executor executor, Store& store, Workers& workers, Clock& clock, Log& log,
                         std::string epoch, Seq head, const ChainHash& head_hash, BroadcasterSettings settings)
    : hub_(std::make_shared<Hub>(std::move(executor), store, workers, clock, log, std::move(epoch), head, head_hash,
                                 settings)) {}

Broadcaster::~Broadcaster() {
    hub_->abandon();
}

void Broadcaster::publish(const CommitNotice& notice) {
    hub_->publish(notice);
}

void Broadcaster::announce(const std::string& event) {
    hub_->announce(event);
}

Seq Broadcaster::head() const {
    return hub_->head();
}

std::size_t Broadcaster::sessions() const {
    return hub_->sessions();
}

void Broadcaster::on_since_ahead(std::function<void(Seq since, Seq head)> listener) {
    hub_->on_since_ahead = std::move(listener);
}

void Broadcaster::serve_websocket(TakenOver connection, Resume resume, StreamClient client) {
    const std::string already_read = std::move(connection.already_read);
    const auto session =
        std::make_shared<WebSocketSession>(hub_, hub_->websocket, std::move(connection), std::move(client));
    session->begin(resume, nullptr, already_read);
}

void Broadcaster::serve_events(TakenOver connection, Resume resume, Filter filter, StreamClient client) {
    const std::string already_read = std::move(connection.already_read);
    const auto session =
        std::make_shared<EventSession>(hub_, hub_->event_stream(), std::move(connection), std::move(client));
    auto wanted = filter.is_open() ? nullptr : std::make_shared<const Filter>(std::move(filter));
    session->begin(resume, std::move(wanted), already_read);
}

asio::awaitable<void> Broadcaster::run() {
    const auto hub = hub_;
    // A stop is a goodbye, not a cancelled wait: the closing handshakes need the reading.
    const auto hear = [hub](asio::cancellation_type type) {
        const bool at_once = (type & asio::cancellation_type::terminal) != asio::cancellation_type::none;
        hub->stop(at_once ? Hub::Stop::at_once : Hub::Stop::with_goodbye);
        return asio::cancellation_type::none;
    };
    const auto before = co_await asio::this_coro::cancellation_state;
    const bool is_stopping = before.cancelled() != asio::cancellation_type::none;
    co_await asio::this_coro::reset_cancellation_state(hear, [](asio::cancellation_type type) { return type; });
    co_await asio::this_coro::throw_if_cancelled(false);
    if (is_stopping) hub->stop(Hub::Stop::with_goodbye);
    co_await hub->wait_until_stopped();
}

std::vector<StreamState> Broadcaster::streams(std::uint64_t after, std::size_t limit) const {
    std::vector<StreamState> states;
    const auto now = hub_->clock.now();
    hub_->for_each_after(after, [&](const Session& session) {
        if (states.size() == limit) return false;
        if (!session.is_over()) states.push_back(session.state(now));
        return true;
    });
    return states;
}

bool Broadcaster::end_stream(std::uint64_t id) {
    auto* const session = hub_->find(id);
    if (session == nullptr || session->is_over()) return false;
    session->say_goodbye(Session::CloseCode::policy, "ended by an administrator");
    return true;
}

asio::awaitable<Result<Broadcaster::Changes>> Broadcaster::changes_after(Seq since, std::size_t limit,
                                                                         Steady deadline) {
    const auto hub = hub_;
    if (since > hub->head()) {
        hub->note_ahead(since);
        co_return Errc::not_found;
    }
    while (since == hub->head()) {
        const Waiting waiting{hub->requests};
        auto woken = co_await within(hub->clock, deadline, hub->published.wait());
        if (!woken) co_return Changes{hub->head(), {}, 0};
    }
    const auto& ring = hub->websocket.ring;
    if (since + 1 >= ring.oldest()) {
        auto changes = from_ring(ring, since, limit);
        count(hub->requests, changes);
        co_return changes;
    }

    co_await hub->log_turns.take();
    const Turns::Taken turn{hub->log_turns};
    const ChangeRange range{since, hub->head(), answer_bytes_max, limit};
    auto part =
        co_await offload(hub->workers, [&store = hub->store, range] { return read_change_log(store, range, nullptr); });
    if (!part) co_return part.error();
    if (part->expired) co_return Errc::not_found;

    Changes changes{hub->head(), {}, part->events.size()};
    for (const auto& event : part->events) {
        if (!changes.events.empty()) changes.events += ',';
        changes.events += event.json;
    }
    count(hub->requests, changes);
    co_return changes;
}

}  // namespace stockcast
