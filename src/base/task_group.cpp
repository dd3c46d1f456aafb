#include "stockcast/base/task_group.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/base/within.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <iterator>
#include <list>
#include <string>
#include <vector>

namespace stockcast {
namespace {

/// One running task. Shared, so that the signal lives while it is emitted, even if the task ends by that.
struct Task {
    explicit Task(std::string task_name) : name(std::move(task_name)) {}
    const std::string name;
    asio::cancellation_signal stop;
    std::list<std::shared_ptr<Task>>::iterator
        place;  ///< among the running: ending costs the same however many they are
};

}  // namespace

struct TaskGroup::State {
    State(asio::any_io_executor on, Clock& with, Log& to) : executor(on), clock(with), log(to), ended(on) {}

    void finish(const std::shared_ptr<Task>& task, std::exception_ptr thrown) {
        if (thrown) report(task->name, thrown);
        running.erase(task->place);
        ended.notify_all();
    }

    void report(const std::string& name, std::exception_ptr thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& e) {
            // What a cancelled coroutine's next co_await throws: the ordinary end of a task that is told to stop.
            if (winding_down && e.code() == asio::error::operation_aborted) return;
            log.error({"task {task} failed: {reason}", "la tarea {task} falló: {reason}"},
                      {{"task", name}, {"reason", e.what()}});
        } catch (const std::exception& e) {
            log.error({"task {task} failed: {reason}", "la tarea {task} falló: {reason}"},
                      {{"task", name}, {"reason", e.what()}});
        } catch (...) {
            log.error({"task {task} failed for an unknown reason", "la tarea {task} falló por una razón desconocida"},
                      {{"task", name}});
        }
    }

    void emit(asio::cancellation_type type) {
        const std::vector<std::shared_ptr<Task>> told{running.begin(), running.end()};  // some may end meanwhile
        for (const auto& task : told) task->stop.emit(type);
    }

    std::string names() const {
        std::string out;
        for (const auto& task : running) out += (out.empty() ? "" : ", ") + task->name;
        return out;
    }

    asio::any_io_executor executor;
    Clock& clock;
    Log& log;
    Event ended;
    std::list<std::shared_ptr<Task>> running;
    bool winding_down = false;

    static asio::awaitable<Result<void>> all_ended(std::shared_ptr<State> state) {
        while (!state->running.empty()) {
            auto woken = co_await state->ended.wait();
            if (!woken) co_return woken;
        }
        co_return Result<void>{};
    }

    /// Runs as a coroutine of its own, deaf to every cancellation: who is being stopped must still stop its own.
    static asio::awaitable<void> end_all(std::shared_ptr<State> state, std::chrono::milliseconds patience) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());

        state->emit(asio::cancellation_type::total);
        auto ended = co_await within(state->clock, state->clock.now() + patience, all_ended(state));
        if (ended) co_return;

        state->emit(asio::cancellation_type::terminal);
        ended = co_await within(state->clock, state->clock.now() + patience, all_ended(state));
        if (ended) co_return;

        // Going on would destroy what these still use: rather hang visibly, a second SIGTERM ends it.
        state->log.error({"still running after being told to stop: {tasks}",
                          "siguen en marcha después de recibir la orden de parar: {tasks}"},
                         {{"tasks", state->names()}});
        ended = co_await all_ended(state);
    }
};

TaskGroup::TaskGroup(asio::any_io_executor executor, Clock& clock, Log& log)
    : state_(std::make_shared<State>(std::move(executor), clock, log)) {}

TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
    if (state_->winding_down) return;
    // In the list before it starts: it may end within co_spawn.
    const auto entry = state_->running.emplace_back(std::make_shared<Task>(std::move(name)));
    entry->place = std::prev(state_->running.end());
    asio::co_spawn(state_->executor, std::move(task),
                   asio::bind_cancellation_slot(entry->stop.slot(), [state = state_, entry](std::exception_ptr thrown) {
                       state->finish(entry, std::move(thrown));
                   }));
}

std::size_t TaskGroup::size() const {
    return state_->running.size();
}

asio::awaitable<void> TaskGroup::wind_down(std::chrono::milliseconds patience) {
    const auto state = state_;
    state->winding_down = true;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::co_spawn(state->executor, State::end_all(state, patience), asio::use_awaitable);
    co_await asio::this_coro::throw_if_cancelled(throws);
}

}  // namespace stockcast
