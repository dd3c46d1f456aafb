#pragma once

#include "simulation/listener.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/siigo.hpp"
#include "support/memory_store.hpp"

#include "stockcast/store/store.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::simulation {

/// Knows what must hold at every instant, and notes the first thing that doesn't; the run ends there.
class Oracle {
public:
    struct Limits {
        unsigned requests_per_minute = 80;
        double failure_share = 0.60;  ///< of SIIGO's answers of seven days, once there are so many:
        std::size_t failure_share_from = 50;
    };
    Oracle(Scheduler& scheduler, const test::MemoryStore& store, Limits limits);

    /// What is wrong; absent: nothing so far.
    const std::optional<std::string>& violation() const { return violation_; }
    void fail(std::string what);

    /// A batch is on disk: changes follow each other without a gap.
    void committed(const Batch& batch);
    /// A process begins: what an unknown outcome left on disk counts from now on.
    void started();
    /// SIIGO was answered 2xx for these bytes: they are in the log, now and for good.
    void acknowledged(const std::string& body);
    /// A listener was told a change: the next one, as it stands on disk.
    void told(const Listener& listener, std::optional<Seq> before, Seq seq, const std::string& text);
    /// SIIGO sees a request of ours: the quota holds in every minute.
    void requested();
    /// SIIGO answered: the share of failures of seven days stays away from what gets an account blocked.
    void answered(const Answered& answer);
    /// Walks the whole store: the invariants of `verify`, and every acknowledged notification.
    void look_into_store();

    /// How the mirror differs from SIIGO; empty: not at all.
    std::string difference(const sim::Company& company) const;
    Seq head() const { return head_; }
    /// SIIGO's, of the last seven days.
    std::size_t answers() const { return answers_.size(); }
    double worst_failure_share() const { return worst_failure_share_; }

private:
    Scheduler& scheduler_;
    const test::MemoryStore& store_;
    const Limits limits_;
    std::optional<std::string> violation_;
    Seq head_ = 0;
    std::map<std::string, std::size_t> acknowledged_;
    std::deque<std::chrono::nanoseconds> sends_;
    std::deque<Answered> answers_;
    std::size_t failures_ = 0;
    double worst_failure_share_ = 0;
};

}  // namespace stockcast::simulation
