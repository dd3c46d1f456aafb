#pragma once

#include "simulation/chance.hpp"
#include "simulation/scheduler.hpp"

#include "stockcast/base/driver.hpp"
#include "stockcast/base/offload.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace stockcast::simulation {

/// Worker threads played by tasks of the process: each job some time after it was posted.
class PlayedWorkers final : public Workers {
public:
    PlayedWorkers(Process& process, Chance& chance, std::chrono::nanoseconds slowest)
        : process_(process), chance_(chance), slowest_(slowest) {}
    void post(std::function<void()> job) override;

private:
    Process& process_;
    Chance& chance_;
    std::chrono::nanoseconds slowest_;
};

/// The ledger's thread played by tasks of the process: a turn ends as late as its fsync takes.
class PlayedDriver final : public Driver {
public:
    PlayedDriver(Process& process, Chance& chance, std::chrono::nanoseconds slowest)
        : process_(process), chance_(chance), slowest_(slowest) {}
    void start(Turn turn) override { turn_ = std::move(turn); }
    void wake() override;
    void join() override;

    /// As the process is killed: whether a turn was under way, whose batch may have reached the disk.
    bool is_under_way() const { return is_scheduled_; }
    /// Does that turn after all; what it tells finds nobody any more.
    void finish() { turn_(); }

private:
    void schedule(std::chrono::nanoseconds delay);
    void run();

    Process& process_;
    Chance& chance_;
    std::chrono::nanoseconds slowest_;
    Turn turn_;
    bool is_scheduled_ = false;
    bool was_woken_ = false;
    bool is_over_ = false;
    std::uint64_t alarm_ = 0;  ///< the last one that was set; earlier ones mean nothing
};

}  // namespace stockcast::simulation
