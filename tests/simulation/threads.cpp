#include "simulation/threads.hpp"

#include <utility>

namespace stockcast::simulation {

void PlayedWorkers::post(std::function<void()> job) {
    process_.scheduler().after(process_, chance_.duration(std::chrono::microseconds{5}, slowest_), std::move(job));
}

void PlayedDriver::wake() {
    if (is_over_) return;
    if (is_scheduled_) {
        was_woken_ = true;
    } else {
        schedule(chance_.duration(std::chrono::microseconds{20}, slowest_));
    }
}

void PlayedDriver::join() {
    while (turn_ && !is_over_) is_over_ = turn_().is_over;
}

void PlayedDriver::schedule(std::chrono::nanoseconds delay) {
    is_scheduled_ = true;
    ++alarm_;
    process_.scheduler().after(process_, delay, [this] { run(); });
}

void PlayedDriver::run() {
    was_woken_ = false;
    const auto next = turn_();
    is_scheduled_ = false;
    is_over_ = next.is_over;
    if (is_over_) return;
    if (was_woken_) return wake();
    if (!next.again) return;
    if (next.again->count() == 0) return wake();
    process_.scheduler().after(process_, *next.again, [this, alarm = ++alarm_] {
        if (alarm == alarm_ && !is_over_ && !is_scheduled_) wake();
    });
}

}  // namespace stockcast::simulation
