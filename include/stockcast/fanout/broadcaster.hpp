#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/fanout/filter.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/net/taken_over.hpp"
#include "stockcast/store/store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

struct BroadcasterSettings {
    std::size_t ring_bytes = std::size_t{16} << 20;
    std::chrono::milliseconds heartbeat{25'000};            ///< a message at least this often
    std::chrono::milliseconds stalled{60'000};              ///< takes nothing for so long: closed with 1013
    std::chrono::milliseconds goodbye{1'000};               ///< patience with the other end after our last word
    std::chrono::milliseconds come_back_least{1'000};       ///< a client that was sent away is to wait so long,
    std::chrono::milliseconds come_back_span_least{4'000};  ///< and a part of a span that grows by 1 ms a client
    std::chrono::milliseconds come_back_span_most{30'000};
    std::size_t message_bytes_max = std::size_t{64} * 1024;  ///< of what a client sends
    std::uint32_t client_errors_max = 20;                    ///< bad messages after which it is closed with 1008
    std::size_t log_readers_max = 4;  ///< sessions that read the change log at once; others take turns
    std::size_t log_read_bytes = std::size_t{64} * 1024;  ///< of one turn
    std::size_t write_bytes = std::size_t{64} * 1024;     ///< of frames handed to one client's socket at once
    std::size_t unsent_bytes = std::size_t{64} * 1024;    ///< what the kernel may keep for one client (ByteStream)
};

/// Where a client wants to go on.
struct Resume {
    std::optional<Seq> since;    ///< absent: from now on
    std::string epoch;           ///< empty: not said
    bool is_unreadable = false;  ///< it named a position that is none: answered with `reset`
};

/// Whose connection a stream is.
struct StreamClient {
    std::string address;             ///< as far as a trusted proxy says, the client's own
    std::string subject;             ///< of its token; empty: it showed none
    std::optional<Instant> expires;  ///< the token's end: the stream ends too, with 4401
};

/// One client's stream as it is now.
struct StreamState {
    std::uint64_t id = 0;        ///< grows with each stream; begins anew with the process
    std::string_view transport;  ///< `websocket` or `events`
    StreamClient client;
    Instant connected_at;
    std::shared_ptr<const Filter> filter;  ///< null: everything
    Seq cursor = 0;                        ///< what follows was not handed to its socket yet
    Seq behind = 0;                        ///< changes that follow
    std::chrono::nanoseconds behind_for{
        0};                         ///< since it could have had the next one; at least, where only the log has it
    std::size_t bytes_waiting = 0;  ///< here and in the kernel: sent by nobody yet, or not acknowledged by the client
};

/// Sends every durable change to every session from its own cursor over the ring, or from the change log when it has
/// fallen behind; there is no queue per client. A session holds bytes only while its socket is full: the rest of the
/// frame (over TLS of the record) that it began to take, and its own small answers. Feed it with Ledger's notices.
/// WebSocket, Server-Sent Events and the waiting GET are the same path from another cursor.
class Broadcaster {
public:
    Broadcaster(asio::any_io_executor executor, Store& store, Workers& workers, Clock& clock, Log& log,
                std::string epoch, Seq head, const ChainHash& head_hash, BroadcasterSettings settings);
    ~Broadcaster();

    /// Puts clients, rings, lag and what was sent among `metrics`, which may be read as long as this lives. Once.
    void measure(Metrics& metrics);
    /// After the changes are durable, in order.
    void publish(const CommitNotice& notice);
    /// An event without `seq` (`sync_completed`, `alert`): to those connected now, not resumed. JSON, one object.
    void announce(const std::string& event);
    Seq head() const;
    std::size_t sessions() const;

    /// One WebSocket client after its handshake: hello, what it missed (or `reset`), `caught_up`, then live;
    /// heartbeats; answers pings and `subscribe`; closes with the right code. The connection is kept until it is over.
    void serve_websocket(TakenOver connection, Resume resume, StreamClient client);

    /// One client of Server-Sent Events after the head of its answer: the same messages, each as an event. What it
    /// can't say it has said with its request: `filter`. Its last event is `close` with code and reason.
    void serve_events(TakenOver connection, Resume resume, Filter filter, StreamClient client);

    /// Sees to the end of the streams: total cancellation says 1001 to each, and to whoever comes after, and waits until
    /// they are gone; terminal ends them at once.
    asio::awaitable<void> run();

    /// The streams after the one of that id, in the order of their coming, at most `limit`.
    std::vector<StreamState> streams(std::uint64_t after, std::size_t limit) const;
    /// Says goodbye to one of them (1008). False: there is none of that id.
    bool end_stream(std::uint64_t id);

    /// The changes after `since` as JSON events, oldest first, at most `limit`; from the ring or the log. With nothing
    /// new it waits until `deadline` (or a stop), then comes back empty. Fewer than `limit` may come though there are
    /// more. Errors: `not_found` when since is older than what is kept, or ahead of the head; the store's.
    struct Changes {
        Seq head = 0;
        std::string events;  ///< comma-separated JSON objects
        std::size_t count = 0;
    };
    asio::awaitable<Result<Changes>> changes_after(Seq since, std::size_t limit, Steady deadline);

    /// Told of each position that is ahead of the log, and of no other epoch: the store may be an older copy.
    void on_since_ahead(std::function<void(Seq since, Seq head)> listener);

private:
    std::shared_ptr<class Hub> hub_;
};

}  // namespace stockcast
