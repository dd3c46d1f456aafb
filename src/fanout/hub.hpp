#pragma once

#include "fanout/session.hpp"
#include "fanout/turns.hpp"

#include "stockcast/fanout/ring.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>

namespace stockcast {

/// What the sessions share: the ring, who is level with its head, who waits for a turn at the log.
class Hub : public std::enable_shared_from_this<Hub> {
public:
    Hub(const asio::any_io_executor& on, Store& from, Workers& with, Clock& by, Log& to, std::string its_epoch,
        Seq head, BroadcasterSettings its_settings);

    void add(Session& session);
    void remove(Session& session);
    std::size_t sessions() const { return count_; }

    void publish(const CommitNotice& notice);
    void announce(const std::string& event);
    Seq head() const { return ring.head(); }

    /// Sends when its turn comes, a slice of sessions at a time.
    void send_soon(Session& session);
    /// Has sent everything up to the head: the next change wakes it.
    void rest(Session& session);

    const asio::any_io_executor executor;
    Store& store;
    Workers& workers;
    Clock& clock;
    Log& log;
    const std::string epoch;
    const BroadcasterSettings settings;
    Ring ring;
    Event published;
    Turns log_turns;

private:
    using All =
        intrusive::list<Session, intrusive::base_hook<intrusive::list_base_hook<intrusive::tag<InAll>, UnlinkItself>>,
                        intrusive::constant_time_size<false>>;
    using Queue =
        intrusive::list<Session, intrusive::base_hook<intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>>,
                        intrusive::constant_time_size<false>>;

    bool has_work() const;
    void wake();
    void send_slice();
    void start_sweeping();
    static asio::awaitable<void> sweep(std::shared_ptr<Hub> hub);

    All all_;
    Queue level_;  ///< by cursor, lowest first: each joins at the back with the head of then
    Queue due_;    ///< has something to say whatever its cursor
    std::size_t count_ = 0;
    bool awake_ = false;
    std::shared_ptr<asio::cancellation_signal> sweeping_;
};

}  // namespace stockcast
