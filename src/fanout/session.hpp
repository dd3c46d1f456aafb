#pragma once

#include "fanout/filter.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/event.hpp"
#include "stockcast/fanout/broadcaster.hpp"
#include "stockcast/net/byte_stream.hpp"
#include "stockcast/net/websocket.hpp"

#include <boost/intrusive/list.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

class Hub;

namespace intrusive = boost::intrusive;
using UnlinkItself = intrusive::link_mode<intrusive::auto_unlink>;
struct InAll;
struct InQueue;

/// One WebSocket client: a cursor over the changes, its filter, and the bytes that are being written right now.
/// Reading is a coroutine (Broadcaster::serve_websocket); writing is driven by completions, so that a change costs no
/// coroutine a client.
class Session : public intrusive::list_base_hook<intrusive::tag<InAll>, UnlinkItself>,
                public intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>,
                public std::enable_shared_from_this<Session> {
public:
    Session(Hub& hub, std::unique_ptr<ByteStream> stream, std::optional<Instant> expires);
    ~Session();

    /// Hello, then where the client goes on from.
    void greet(const Resume& resume);
    /// Bytes from the client.
    void take(std::string_view bytes);
    /// Sends what there is to send, unless a write is under way; its completion comes here again.
    void advance();
    /// An event without `seq`, already framed.
    void announce(std::string_view type, std::string_view frame);
    void say_goodbye(websocket::CloseCode code, std::string_view reason);
    /// Once a second: heartbeat, stalled writes, the token's end, the closing handshake's patience.
    void tick(Steady now, Instant wall);
    /// Ends the connection at once.
    void end();

    Seq cursor() const { return cursor_; }
    bool is_over() const { return stage_ == Stage::over; }
    ByteStream& stream() { return *stream_; }
    /// Resumes when nothing of this session is under way any more.
    asio::awaitable<void> quiet();

private:
    enum class Stage {
        open,
        closing,  ///< our close frame is queued or sent; only the other's is still wanted
        over,
    };

    void say(std::string_view json);
    void answer(std::string_view json);
    void on_message(std::string_view text);
    void on_close(const websocket::Incoming& close);
    void append_changes(std::string& out);
    void append_from_ring(std::string& out);
    void append_filtered(std::string& out);
    void write(std::string out);
    void send();
    void on_written(error_code ec, std::size_t count);
    void start_reading_log();
    static asio::awaitable<void> read_log(std::shared_ptr<Session> self, std::shared_ptr<Hub> hub);
    void give_up_log(std::string_view reason);
    void take_log_part(const struct LogPart& part, const std::shared_ptr<const Filter>& read_with);

    Hub& hub_;
    std::unique_ptr<ByteStream> stream_;
    std::optional<Instant> expires_;
    websocket::Decoder decoder_;
    Stage stage_ = Stage::open;
    Seq cursor_ = 0;
    std::shared_ptr<const Filter> filter_;  ///< null: everything; shared with a reading of the log
    bool owes_caught_up_ = false;

    std::string control_;              ///< small frames that wait for the write under way
    std::optional<std::string> pong_;  ///< only the newest ping needs one (RFC 6455 §5.5.3)
    std::string backlog_;              ///< frames of one turn of the log
    std::string writing_;
    std::size_t written_ = 0;
    bool is_writing_ = false;
    bool is_reading_log_ = false;

    bool deaf_ = false;            ///< the client broke the protocol: what it sends has no meaning any more
    bool close_in_write_ = false;  ///< our close frame is in `writing_`
    bool close_written_ = false;
    bool peer_closed_ = false;
    std::uint32_t errors_ = 0;

    Steady last_message_;
    Steady last_progress_;  ///< of the write under way
    Steady goodbye_until_ = Steady::max();
    Event quiet_;
};

}  // namespace stockcast
