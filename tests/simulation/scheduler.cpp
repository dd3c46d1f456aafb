#include "simulation/scheduler.hpp"

#include <algorithm>
#include <stdexcept>

namespace stockcast::simulation {
namespace {

constexpr std::uint64_t steps_without_time_max = 5'000'000;

/// Tasks of a process that is no more: their frames stay as they are, and can be found by whoever looks for leaks.
void bury(std::unique_ptr<Task> task) {
    static auto& buried = *new std::vector<std::unique_ptr<Task>>;
    buried.push_back(std::move(task));
}

}  // namespace

Scheduler::Scheduler(std::uint64_t seed, Trace& trace) : trace_(trace), chance_(seed, "scheduler") {
    // Code takes time, too: on an idle machine, on a busy one, on one that is far too small.
    if (chance_.chance(0.3)) {
        pause_share_ = 1.0 / 8;
        longest_pause_ = std::chrono::milliseconds{20};
    } else if (chance_.chance(0.15)) {
        pause_share_ = 1.0 / 2;
        longest_pause_ = std::chrono::milliseconds{50};
    }
}

void Scheduler::add(Process& process, std::unique_ptr<Task> task) {
    if (process.lives_) {
        ready_.push_back({&process, std::move(task)});
    } else {
        bury(std::move(task));
    }
}

void Scheduler::after(Process& process, std::chrono::nanoseconds delay, std::function<void()> what) {
    timers_.emplace(elapsed_ + delay,
                    Ready{&process, std::make_unique<Function<std::function<void()>>>(std::move(what))});
}

void Scheduler::run_until(std::chrono::nanoseconds until) {
    for (auto* process : living_) process->poll();
    while (!is_stopped_) {
        if (!ready_.empty()) {
            step();
            continue;
        }
        auto next = until;
        if (!timers_.empty()) next = std::min(next, timers_.begin()->first);
        for (auto* process : living_) {
            const auto deadline = process->clock_.next_deadline();
            if (deadline) next = std::min(next, elapsed_ + (*deadline - process->clock_.now()));
        }
        const bool is_end = next >= until;
        advance(next);
        if (is_end && ready_.empty()) return;
    }
}

void Scheduler::step() {
    if (++steps_at_this_time_ > steps_without_time_max)
        throw std::runtime_error{"tasks follow each other for ever without time going on"};
    ++steps_;
    if (chance_.chance(pause_share_)) {
        advance(elapsed_ + std::chrono::microseconds{chance_.between(1, longest_pause_.count())});
        if (ready_.empty()) return;
    }
    const auto place = static_cast<std::size_t>(chance_.below(ready_.size()));
    trace_.mix(place);
    std::swap(ready_[place], ready_.back());
    auto next = std::move(ready_.back());
    ready_.pop_back();
    next.process->run(*next.task);
    if (next.process->lives_) {
        next.task.reset();
        next.process->poll();
    } else {
        bury(std::move(next.task));
    }
}

void Scheduler::advance(std::chrono::nanoseconds to) {
    const auto by = std::max(to - elapsed_, std::chrono::nanoseconds{0});
    if (by.count() > 0) steps_at_this_time_ = 0;
    elapsed_ += by;
    for (auto* process : living_) {
        process->clock_.advance(by);
        process->poll();
    }
    settle_timers();
}

void Scheduler::settle_timers() {
    while (!timers_.empty() && timers_.begin()->first <= elapsed_) {
        auto due = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        add(*due.process, std::move(due.task));
    }
}

Process::Process(Scheduler& scheduler, std::string name, Instant wall) : scheduler_(scheduler), name_(std::move(name)) {
    // The machine's monotonic clock goes on from one process to the next.
    clock_.advance(scheduler.elapsed());
    clock_.set_wall(wall + scheduler.elapsed());
    scheduler_.living_.push_back(this);
}

Process::~Process() {
    kill();
}

void Process::kill() {
    if (!lives_) return;
    lives_ = false;
    std::erase(scheduler_.living_, this);
    for (auto& ready : scheduler_.ready_)
        if (ready.process == this) bury(std::move(ready.task));
    std::erase_if(scheduler_.ready_, [this](const auto& ready) { return ready.process == this; });
    for (auto& [due, ready] : scheduler_.timers_)
        if (ready.process == this) bury(std::move(ready.task));
    std::erase_if(scheduler_.timers_, [this](const auto& timer) { return timer.second.process == this; });
}

asio::any_io_executor Process::executor() {
    return Executor{*this};
}

void Process::run(Task& task) {
    is_running_ = true;
    task.run();
    is_running_ = false;
}

void Process::poll() {
    is_running_ = true;
    io_.restart();
    io_.poll();
    is_running_ = false;
}

}  // namespace stockcast::simulation
