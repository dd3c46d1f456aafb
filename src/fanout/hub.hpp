#pragma once

#include "fanout/filter_index.hpp"
#include "fanout/session.hpp"
#include "fanout/transport.hpp"
#include "fanout/turns.hpp"

#include "stockcast/base/event.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stockcast {

/// What the sessions share: the rings, who is level with their head, who waits for a turn at the log.
class Hub : public std::enable_shared_from_this<Hub> {
public:
    Hub(const asio::any_io_executor& on, Store& from, Workers& with, Clock& by, Log& to, std::string its_epoch,
        Seq head, const ChainHash& head_hash, BroadcasterSettings its_settings);

    void add(Session& session);
    void remove(Session& session);
    std::size_t sessions() const { return count_; }

    /// With a goodbye to each, or at once; from here on whoever comes is told to come back later.
    enum class Stop { with_goodbye, at_once };
    void stop(Stop how);
    bool is_stopping() const { return stopping_; }
    /// Resumes when it was told to stop and no session is left. Not cancellable.
    asio::awaitable<void> wait_until_stopped();
    /// Sessions that go from here on wake nobody: the executor itself may be what lets go of them.
    void abandon() { abandoned_ = true; }

    void publish(const CommitNotice& notice);
    void announce(const std::string& event);
    Seq head() const { return websocket.ring.head(); }
    const ChainHash& head_hash() const { return head_hash_; }
    /// Made when the first client of its kind comes: whoever has none pays for none. What happened before is read from
    /// the change log.
    Transport& event_stream();
    /// Null: nobody came yet.
    const Transport* event_stream_if_used() const { return events_ ? &*events_ : nullptr; }

    /// Sends when its turn comes, a slice of sessions at a time.
    void send_soon(Session& session);
    /// Has sent everything up to the head: the next change wakes it, a narrowed one's the next that may concern it.
    void rest(Session& session);
    std::uint64_t next_id() { return ++last_id_; }
    /// In the order of their ids. Null: there is none of that id.
    Session* find(std::uint64_t id);
    template <class Show>  // bool(Session&): whether to go on
    void for_each_after(std::uint64_t id, Show show) {
        for (auto& session : all_)
            if (session.id() > id && !show(session)) return;
    }
    /// Since when the session could have had its next change.
    std::chrono::nanoseconds behind_for(const Session& session, Steady now) const;
    /// For a client that is to come back later: each gets another time, spread evenly however many ask at once.
    std::chrono::milliseconds come_back_in();
    /// A client knows more than the store.
    void note_ahead(Seq since);
    /// How far behind the session is that is furthest behind, and how many are.
    struct Lag {
        Seq changes = 0;
        std::chrono::nanoseconds time{0};  ///< since it could have had its next change
        std::size_t clients = 0;
        std::size_t clients_behind_ring = 0;  ///< of these, those whose next change is in the log alone
    };
    /// As the last sweep found it, a second ago at most.
    const Lag& lag() const { return lag_; }

    const asio::any_io_executor executor;
    Store& store;
    Workers& workers;
    Clock& clock;
    Log& log;
    const std::string epoch;
    const BroadcasterSettings settings;
    Transport websocket;
    ClientCounts requests;  ///< for changes; `clients`: those that wait
    FilterIndex narrowed;
    std::array<char, 4096> scratch;  ///< what one client has said is here until it has been dealt with
    Event published;
    Turns log_turns;
    std::function<void(Seq since, Seq head)> on_since_ahead;
    /// Changes are with every socket whose session was level; `took` since they were durable.
    std::function<void(std::chrono::nanoseconds took)> on_delivered;

private:
    using All =
        intrusive::list<Session, intrusive::base_hook<intrusive::list_base_hook<intrusive::tag<InAll>, UnlinkItself>>,
                        intrusive::constant_time_size<false>>;
    using Queue =
        intrusive::list<Session, intrusive::base_hook<intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>>,
                        intrusive::constant_time_size<false>>;

    bool has_work() const;
    bool is_level_behind() const;
    void wake();
    void send_slice();
    void wake_concerned(const PublishedChange& change);
    Lag measured_lag(Steady now) const;
    void start_sweeping();
    static asio::awaitable<void> sweep(std::shared_ptr<Hub> hub);

    ChainHash head_hash_;
    std::optional<Transport> events_;
    All all_;
    Queue level_;  ///< by cursor, lowest first: each joins at the back with the head of then
    Queue due_;    ///< has something to say whatever its cursor
    std::size_t count_ = 0;
    std::uint64_t last_id_ = 0;
    Lag lag_;
    bool awake_ = false;
    bool stopping_ = false;
    bool abandoned_ = false;
    Event gone_;  ///< a session has gone, or a stop was asked for
    std::uint64_t spread_ = 0;
    std::optional<Steady> undelivered_since_;
    std::shared_ptr<asio::cancellation_signal> sweeping_;
};

}  // namespace stockcast
