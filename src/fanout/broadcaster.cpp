#include "stockcast/fanout/broadcaster.hpp"

#include "fanout/change_log.hpp"
#include "fanout/event_session.hpp"
#include "fanout/hub.hpp"
#include "fanout/websocket_session.hpp"

#include "stockcast/base/within.hpp"

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>

namespace stockcast {

namespace {

constexpr std::size_t read_bytes = 4096;
/// Of one answer to GET /api/changes, whatever its limit.
constexpr std::size_t answer_bytes_max = std::size_t{4} << 20;

/// A stop is a goodbye, not a cancelled read: the closing handshake needs the reading.
auto farewell_on_stop(std::weak_ptr<Session> session) {
    return [session = std::move(session)](asio::cancellation_type type) {
        const auto alive = session.lock();
        if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) {
            if (alive) alive->end();
            return type;
        }
        if (alive) alive->stop();
        return asio::cancellation_type::none;
    };
}

asio::awaitable<void> read_until_over(std::shared_ptr<Session> session) {
    while (!session->is_over()) {
        // An idle client costs no buffer; 20,000 of them would make 80 MB.
        auto readable = co_await read_some(session->stream(), {});
        if (!readable) co_return;
        const auto buffer = std::make_unique_for_overwrite<char[]>(read_bytes);
        auto count = co_await read_some(session->stream(), asio::buffer(buffer.get(), read_bytes));
        if (!count) co_return;
        session->take({buffer.get(), *count});
    }
}

struct Wanted {
    Resume resume;
    std::shared_ptr<const Filter> filter;
};

asio::awaitable<void> serve(std::shared_ptr<Hub> hub, std::shared_ptr<Session> session, std::string already_read,
                            Wanted wanted) {
    const auto before = co_await asio::this_coro::cancellation_state;
    const bool is_stopping = before.cancelled() != asio::cancellation_type::none;
    co_await asio::this_coro::reset_cancellation_state(farewell_on_stop(session),
                                                       [](asio::cancellation_type type) { return type; });
    co_await asio::this_coro::throw_if_cancelled(false);

    hub->add(*session);
    std::exception_ptr thrown;
    try {
        session->greet(wanted.resume, std::move(wanted.filter));
        session->take(already_read);
        if (is_stopping) session->stop();
        co_await read_until_over(session);
    } catch (...) {
        thrown = std::current_exception();
    }

    // What is still under way uses the stream and the store, which may go once we have returned.
    session->end();
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await session->quiet();
    hub->remove(*session);
    if (thrown) std::rethrow_exception(thrown);
}

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
                         std::string epoch, Seq head, BroadcasterSettings settings)
    : hub_(std::make_shared<Hub>(std::move(executor), store, workers, clock, log, std::move(epoch), head, settings)) {}

Broadcaster::~Broadcaster() = default;

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

asio::awaitable<void> Broadcaster::serve_websocket(std::unique_ptr<ByteStream> stream, std::string already_read,
                                                   Resume resume, std::optional<Instant> expires) {
    auto session = std::make_shared<WebSocketSession>(*hub_, hub_->websocket, std::move(stream), expires);
    co_await serve(hub_, std::move(session), std::move(already_read), {std::move(resume), nullptr});
}

asio::awaitable<void> Broadcaster::serve_events(std::unique_ptr<ByteStream> stream, std::string already_read,
                                                Resume resume, Filter filter, std::optional<Instant> expires) {
    auto session = std::make_shared<EventSession>(*hub_, hub_->event_stream(), std::move(stream), expires);
    auto wanted = filter.is_open() ? nullptr : std::make_shared<const Filter>(std::move(filter));
    co_await serve(hub_, std::move(session), std::move(already_read), {std::move(resume), std::move(wanted)});
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
