#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/fanout/filter.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/net/byte_stream.hpp"
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
    std::size_t write_bytes =
        std::size_t{64} * 1024;  ///< of frames copied for one session while they are being written
};

/// Where a client wants to go on.
struct Resume {
    std::optional<Seq> since;    ///< absent: from now on
    std::string epoch;           ///< empty: not said
    bool is_unreadable = false;  ///< it named a position that is none: answered with `reset`
};

/// Sends every durable change to every session from its own cursor over the ring, or from the change log when it has
/// fallen behind; there is no queue per client. A session holds memory only while a write is under way: at most
/// `write_bytes` (or one turn of the log) and its own small answers. Feed it with Ledger's notices.
/// WebSocket, Server-Sent Events and the waiting GET are the same path from another cursor.
class Broadcaster {
public:
    Broadcaster(asio::any_io_executor executor, Store& store, Workers& workers, Clock& clock, Log& log,
                std::string epoch, Seq head, BroadcasterSettings settings);
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
    /// heartbeats; answers pings and `subscribe`; closes with the right code. `already_read`: bytes that came with the
    /// handshake. `expires`: the token's end, then 4401. Returns when the connection is over; total cancellation says
    /// 1001 first.
    asio::awaitable<void> serve_websocket(std::unique_ptr<ByteStream> stream, std::string already_read, Resume resume,
                                          std::optional<Instant> expires);

    /// One client of Server-Sent Events after the head of its answer: the same messages, each as an event. What it
    /// can't say it has said with its request: `filter`. Its last event is `close` with code and reason.
    asio::awaitable<void> serve_events(std::unique_ptr<ByteStream> stream, std::string already_read, Resume resume,
                                       Filter filter, std::optional<Instant> expires);

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
