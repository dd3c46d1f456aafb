#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/fanout/broadcaster.hpp"
#include "stockcast/fanout/filter.hpp"
#include "stockcast/fanout/ring.hpp"
#include "stockcast/net/taken_over.hpp"
#include "stockcast/net/websocket.hpp"

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

class Hub;
struct Transport;
namespace messages {
enum class ResetReason;
}

namespace intrusive = boost::intrusive;
using UnlinkItself = intrusive::link_mode<intrusive::auto_unlink>;
struct InAll;
struct InQueue;

/// One client of a stream: a cursor over the changes, its filter, and the bytes that are being written right now. What
/// the client says and how its kind of stream ends is the derived class's.
/// An idle one has no buffer and no coroutine, only a wait until its socket is readable. Writing is a plain call as long
/// as the socket has room: changes go to it straight from the ring. What a full one leaves over is copied up to the end
/// of its frame, and a completion goes on from there; whatever follows is read again when the socket has room.
class Session : public intrusive::list_base_hook<intrusive::tag<InAll>, UnlinkItself>,
                public intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>,
                public std::enable_shared_from_this<Session> {
public:
    using CloseCode = websocket::CloseCode;

    Session(std::shared_ptr<Hub> hub, Transport& transport, TakenOver connection, StreamClient client);
    virtual ~Session();

    /// Hello, then where the client goes on from; from here on it is read until it is over. What is under way keeps the
    /// session alive, and it leaves the hub with the last of it.
    void begin(const Resume& resume, std::shared_ptr<const Filter> filter, std::string_view already_read);
    /// Bytes from the client.
    virtual void take(std::string_view bytes) = 0;
    /// Sends what there is to send, unless a write is under way; its completion comes here again. Bytes handed over.
    std::size_t advance();
    /// An event without `seq`, already framed for this transport.
    void announce(std::string_view type, std::string_view frame);
    void say_goodbye(CloseCode code, std::string_view reason);
    /// The server is stopping: goodbye, with a time to come back at.
    void stop();
    /// Once a second: heartbeat, stalled writes, the token's end, patience with a goodbye.
    void tick(Steady now, Instant wall);
    /// Ends the connection at once.
    void end();

    std::uint64_t id() const { return id_; }
    Seq cursor() const;
    Steady since() const { return since_; }
    bool is_over() const { return stage_ == Stage::over; }
    const std::shared_ptr<const Filter>& filter() const { return filter_; }
    StreamState state(Steady now) const;
    Transport& transport() const { return transport_; }
    /// A narrowed one that has everything waits here, not in the hub's queue: changes that its filter holds back pass it
    /// by, and its cursor is the head meanwhile.
    void park() { is_parked_ = true; }
    /// This change follows and is let through. False: it was not waiting for one.
    bool wake_for(const PublishedChange& change);

protected:
    struct Goodbye {
        CloseCode code;
        std::string_view reason;
        std::optional<std::chrono::milliseconds> come_back_in;
    };
    /// Before hello.
    virtual void append_opening(std::string&) {}
    /// What is owed beside changes, at each write.
    virtual void append_owed(std::string&) {}
    virtual void append_goodbye(std::string& out, const Goodbye& goodbye) = 0;
    /// Our last word is with the kernel; what is still under way is ended by tick().
    virtual void on_goodbye_written() = 0;

    bool is_open() const { return stage_ == Stage::open; }
    /// From here on nothing but what stands in `control` is sent, and not for long.
    void begin_closing();
    void say(std::string_view json);
    /// As say(), but bounded: for a client that asks and does not read.
    void answer(std::string_view json);
    void narrow(std::shared_ptr<const Filter> filter);
    /// Ends our direction; the client's is still read.
    void finish_sending();
    bool is_goodbye_written() const { return goodbye_written_; }

    Hub& hub_;
    std::string control_;  ///< small frames that wait for the write under way

private:
    enum class Stage {
        open,
        closing,  ///< our last word is queued or sent; only the other's is still wanted
        over,
    };

    /// Frames that are not in the ring as they are to be sent, and where each ends.
    struct Frames {
        struct End {
            std::size_t at;
            Seq seq;
        };
        std::string bytes;
        std::vector<End> ends;
    };

    void say_goodbye(const Goodbye& goodbye);
    void greet(const Resume& resume, std::shared_ptr<const Filter> filter);
    void listen();
    void on_readable(error_code ec);
    error_code read();
    bool takes_nothing(Steady now);
    std::optional<messages::ResetReason> obstacle(const Resume& resume) const;
    void reset(messages::ResetReason reason);
    void unpark();
    std::size_t send_changes();
    std::size_t send_from_ring();
    std::size_t kept_at_least(std::size_t taken) const;
    void keep_rest(const Ring::Spans& spans, std::size_t taken);
    std::size_t send_filtered();
    std::size_t write(std::string out);
    std::size_t write_frames(const Frames& frames);
    std::size_t write_now(std::span<const asio::const_buffer> bytes);
    void send_later(std::string rest);
    void send();
    void after_write();
    void on_written(error_code ec, std::size_t count);
    void start_reading_log();
    static asio::awaitable<void> read_log(std::shared_ptr<Session> self, std::shared_ptr<Hub> hub);
    void give_up_log(std::string_view reason);
    void take_log_part(const struct LogPart& part, const std::shared_ptr<const Filter>& read_with);

    const std::shared_ptr<Hub> kept_hub_;  ///< hub_
    Transport& transport_;
    const std::shared_ptr<const void> place_;
    std::unique_ptr<ByteStream> stream_;
    const std::uint64_t id_;
    const StreamClient client_;
    const Instant connected_at_;
    Stage stage_ = Stage::open;
    Seq cursor_ = 0;
    std::shared_ptr<const Filter> filter_;  ///< null: everything; shared with a reading of the log
    bool is_parked_ = false;
    bool owes_caught_up_ = false;

    std::string writing_;  ///< what a full socket has left over
    std::size_t written_ = 0;
    bool is_writing_ = false;
    bool is_reading_log_ = false;
    bool goodbye_in_write_ = false;  ///< our last word is in `writing_`
    bool goodbye_written_ = false;

    const Steady since_;
    Steady last_message_;
    Steady last_progress_;  ///< of the write under way
    Steady goodbye_until_ = Steady::max();
};

}  // namespace stockcast
