#pragma once

#include "app/server.hpp"
#include "simulation/chance.hpp"
#include "simulation/disk.hpp"
#include "simulation/network.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/threads.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/base/alerts.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stockcast::simulation {

/// A process's log, into the trace.
class TracedLog final : public Log {
public:
    explicit TracedLog(Process& process) : process_(process) {}
    bool wants(LogLevel) const override { return true; }
    void put(LogLevel level, Mark mark, Sentence sentence, std::span<const Field> fields) override;

private:
    Process& process_;
};

/// The bounds and speeds of one server, drawn small, so that what is rare elsewhere is common here.
struct Tightness {
    explicit Tightness(Chance& chance);

    LedgerSettings ledger;
    BroadcasterSettings streams;
    std::chrono::nanoseconds slowest_fsync;
    std::chrono::nanoseconds slowest_job;
};

/// The machine that stockcast runs on: its disk outlives every process, which may be killed at any instant and is started
/// again.
class Machine {
public:
    /// `wall`: what its clock says as the run begins.
    Machine(std::uint64_t seed, Scheduler& scheduler, Network& network, Settings settings, Instant wall);
    ~Machine();

    /// Errors end the run: a server that doesn't start is a finding.
    void start();
    /// As kill -9 does; what the ledger was about to write is on disk or not.
    void kill();
    /// As SIGTERM does; it ends by itself within 5 s.
    void stop();
    bool runs() const { return now_ != nullptr; }
    /// Puts its wall clock forward or back; the monotonic one goes on.
    void set_clock(std::chrono::nanoseconds by);
    /// The furthest that its wall clock has ever shown.
    Instant furthest_wall() const;
    struct Ended {
        int code;
        std::optional<std::chrono::nanoseconds> took;  ///< since it was asked to; absent: it was not
        std::size_t sleepers;                          ///< coroutines that are still waiting for a time
        std::size_t connections;                       ///< that it has not let go of
    };
    /// Once it has ended by itself.
    std::optional<Ended> take_exit();

    Disk& disk() { return disk_; }
    const std::string& host() const { return host_; }
    std::uint64_t starts() const { return starts_; }

private:
    struct Incarnation;

    Scheduler& scheduler_;
    Network& network_;
    Settings settings_;
    std::string host_;
    Instant wall_;  ///< what its clock would have said as the run began
    Instant furthest_wall_;
    Chance chance_;
    Tightness tightness_;
    Disk disk_;
    std::unique_ptr<Incarnation> now_;
    std::uint64_t starts_ = 0;
    std::optional<std::chrono::nanoseconds> stopped_at_;
};

}  // namespace stockcast::simulation
