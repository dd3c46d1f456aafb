#pragma once

#include "simulation/listener.hpp"
#include "simulation/machine.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/siigo.hpp"
#include "support/memory_store.hpp"

#include "stockcast/store/floors.hpp"
#include "stockcast/store/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::simulation {

/// Knows what must hold at every instant, and notes the first thing that doesn't; the run ends there.
class Oracle {
public:
    struct Limits {
        unsigned requests_per_minute = 80;
        std::chrono::milliseconds logs_kept_for{0};     ///< no log entry that is younger is let go
        std::chrono::milliseconds changes_kept_for{0};  ///< no change
        double failure_share = 0.60;                    ///< of SIIGO's answers of seven days, once there are so many:
        std::size_t failure_share_from = 50;
    };
    Oracle(Scheduler& scheduler, Machine& machine, Limits limits);

    /// What is wrong; absent: nothing so far.
    const std::optional<std::string>& violation() const { return violation_; }
    void fail(std::string what);
    /// From now on the share of failures stays below that.
    void allow_failures(double share) { limits_.failure_share = share; }

    /// A batch is on disk: changes follow each other without a gap, retention takes only what is old, and what is new isn't
    /// hidden by it.
    void committed(const Batch& batch);
    /// A process begins: what an unknown outcome left on disk counts from now on.
    void started();
    /// SIIGO was answered 2xx for these bytes: they are in the log.
    void acknowledged(const std::string& body);
    /// A listener was told a change: the next one that its narrowing lets through, as it was recorded.
    void told(const Listener& listener, Seq before, Seq seq, const std::string& text);
    /// A listener was told that it has all up to `seq`.
    void levelled(const Listener& listener, Seq before, Seq seq);
    /// A listener can't go on from its place: only where the next change is no longer kept.
    void sent_back(const Listener& listener, Seq before);
    /// SIIGO sees a request of ours: the quota holds in every minute.
    void requested();
    /// SIIGO answered: the share of failures of seven days stays away from what gets an account blocked.
    void answered(const Answered& answer);
    /// Walks the whole store: the invariants of `verify`, and everything logged that retention hasn't let go.
    void look_into_store();

    /// How the mirror differs from SIIGO; empty: not at all.
    std::string difference(const sim::Company& company) const;
    Seq head() const { return recorded_.size(); }
    /// SIIGO's, of the last seven days.
    std::size_t answers() const { return answers_.size(); }
    double worst_failure_share() const { return worst_failure_share_; }

private:
    /// A change as it was recorded.
    struct Recorded {
        std::size_t text;  ///< a hash
        std::string type;
        std::string code;
        std::vector<std::string> warehouses;
    };
    void record(Seq seq, const std::string& value);
    void log(const std::string& key, const std::string& value);
    void let_go(const std::string& value);
    /// Whether the listener was rightly told nothing between the two.
    bool missed_nothing(const Listener& listener, Seq before, Seq seq);

    Scheduler& scheduler_;
    Machine& machine_;
    const test::MemoryStore& store_;
    Limits limits_;
    std::optional<std::string> violation_;
    std::vector<Recorded> recorded_;                   ///< by seq - 1
    std::map<std::string, std::size_t> logged_;        ///< hashes of bodies by their entries' keys
    std::map<std::size_t, std::size_t> times_logged_;  ///< by hash of body
    std::map<std::size_t, std::size_t> acknowledged_;  ///< by hash of body
    std::chrono::nanoseconds floors_raised_{-1};       ///< when last
    std::deque<std::chrono::nanoseconds> sends_;
    std::deque<Answered> answers_;
    std::size_t failures_ = 0;
    double worst_failure_share_ = 0;
};

}  // namespace stockcast::simulation
