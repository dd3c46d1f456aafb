#pragma once

#include "simulation/chance.hpp"
#include "simulation/trace.hpp"
#include "support/manual_clock.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace stockcast::simulation {

class Process;

/// A task that was posted and has not run.
class Task {
public:
    virtual ~Task() = default;
    virtual void run() = 0;
};

template <class F>
class Function final : public Task {
public:
    explicit Function(F function) : function_(std::move(function)) {}
    void run() override { std::move(function_)(); }

private:
    F function_;
};

/// One thread for everything: draws which of the ready tasks comes next, and when none is ready moves the time of all
/// processes on to whatever is due next.
class Scheduler {
public:
    Scheduler(std::uint64_t seed, Trace& trace);
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    /// Lets everything happen until `until` (since the run began), or until it is stopped.
    /// Throws std::runtime_error when tasks follow each other for ever without time going on.
    void run_until(std::chrono::nanoseconds until);
    /// Nothing happens any more: something was found.
    void stop() { is_stopped_ = true; }
    std::chrono::nanoseconds elapsed() const { return elapsed_; }

    /// `what` becomes a ready task of `process` after that time: how its threads and the machine's interrupts are played.
    void after(Process& process, std::chrono::nanoseconds delay, std::function<void()> what);
    void note(std::string_view who, std::string_view what) { trace_.note(elapsed_, who, what); }
    std::uint64_t steps() const { return steps_; }

private:
    friend class Process;
    struct Ready {
        Process* process;
        std::unique_ptr<Task> task;
    };
    void add(Process& process, std::unique_ptr<Task> task);
    void step();
    void advance(std::chrono::nanoseconds to);
    void settle_timers();

    Trace& trace_;
    Chance chance_;
    std::chrono::nanoseconds elapsed_{0};
    std::vector<Process*> living_;
    std::vector<Ready> ready_;
    std::multimap<std::chrono::nanoseconds, Ready> timers_;
    bool is_stopped_ = false;
    std::uint64_t steps_ = 0;
    std::uint64_t steps_at_this_time_ = 0;
    double pause_share_ = 1.0 / 64;  ///< of tasks before which some time goes by
    std::chrono::microseconds longest_pause_{2'000};
};

/// One process with its own executor and clocks. Killed, it simply never runs again: what it held in memory is left as it
/// is (and leaks), since after kill -9 no destructor runs either.
class Process {
public:
    /// `wall`: what its clock on the wall says as the run begins; machines disagree about that.
    Process(Scheduler& scheduler, std::string name, Instant wall);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    asio::any_io_executor executor();
    test::ManualClock& clock() { return clock_; }
    Scheduler& scheduler() { return scheduler_; }
    const std::string& name() const { return name_; }
    bool lives() const { return lives_; }
    void kill();

    /// What Asio asks of an executor. As with io_context's, what is dispatched (not posted) from within one of the
    /// process's tasks runs right there: co_spawn relies on it, since it can't bear a cancellation before its first step.
    class Executor {
    public:
        explicit Executor(Process& process) noexcept : process_(&process) {}
        bool operator==(const Executor&) const noexcept = default;
        asio::execution_context& query(asio::execution::context_t) const noexcept { return process_->io_; }
        asio::execution::blocking_t query(asio::execution::blocking_t) const noexcept {
            if (may_run_at_once_) return asio::execution::blocking.possibly;
            return asio::execution::blocking.never;
        }
        Executor require(asio::execution::blocking_t::possibly_t) const noexcept { return {*process_, true}; }
        Executor require(asio::execution::blocking_t::never_t) const noexcept { return {*process_, false}; }

        template <class F>
        void execute(F&& function) const {
            if (may_run_at_once_ && process_->is_running_) {
                std::decay_t<F> now{std::forward<F>(function)};
                std::move(now)();
            } else {
                process_->scheduler_.add(*process_,
                                         std::make_unique<Function<std::decay_t<F>>>(std::forward<F>(function)));
            }
        }

    private:
        Executor(Process& process, bool may_run_at_once) noexcept
            : process_(&process), may_run_at_once_(may_run_at_once) {}
        Process* process_;
        bool may_run_at_once_ = true;
    };

private:
    friend class Scheduler;
    void run(Task& task);
    void poll();

    Scheduler& scheduler_;
    std::string name_;
    asio::io_context io_{1};  ///< Asio's own services (parked timers) live here; tasks are the scheduler's
    test::ManualClock clock_;
    bool lives_ = true;
    bool is_running_ = false;  ///< one of its tasks
};

}  // namespace stockcast::simulation
