#pragma once

#include "stockcast/base/asio.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace stockcast {

/// Where blocking work (a scan, a DNS look-up, a file) goes: never on the executor. Production has a small pool, the
/// simulation runs jobs as tasks of its own.
class Workers {
public:
    virtual ~Workers() = default;
    /// Runs `job` once on another thread (or later). Order between jobs is not promised.
    virtual void post(std::function<void()> job) = 0;
};

/// How the threads stand to all others when there is more to do than there are cores.
enum class Priority { usual, background };

/// A fixed number of threads; the destructor finishes what was posted. Goes before the io_context that awaits its jobs:
/// a thread may still be handing over the result that has just been taken there.
class ThreadWorkers final : public Workers {
public:
    explicit ThreadWorkers(std::size_t threads, Priority priority = Priority::usual);
    ~ThreadWorkers() override;
    void post(std::function<void()> job) override;

private:
    struct Pool;
    std::unique_ptr<Pool> pool_;
    Priority priority_;
};

/// Runs `fn()` on `workers` and resumes the awaiting coroutine, on its own executor, with what it returned; what it
/// threw is rethrown. Not cancellable: the job may own resources of its caller, so the caller waits for it, and `fn` is
/// destroyed before the caller goes on. `fn` must not return void.
template <class F>
asio::awaitable<std::invoke_result_t<F>> offload(Workers& workers, F fn) {
    using T = std::invoke_result_t<F>;
    struct Outcome {
        std::optional<T> value;
        std::exception_ptr thrown;
    };
    auto outcome = std::make_shared<Outcome>();
    auto executor = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [&workers, executor, outcome](auto handler, F work) {
            // std::function needs copies, a handler has none: share it. The work guard keeps run() from returning.
            struct Job {
                F fn;
                std::decay_t<decltype(handler)> resume;
                asio::executor_work_guard<asio::any_io_executor> guard;
                std::shared_ptr<Outcome> outcome;
            };
            auto shared = std::make_shared<Job>(
                Job{std::move(work), std::move(handler), asio::make_work_guard(executor), outcome});
            workers.post([job = std::move(shared)]() mutable {
                try {
                    job->outcome->value.emplace(job->fn());
                } catch (...) {
                    job->outcome->thrown = std::current_exception();
                }
                // Everything goes home with the post: the worker may lag behind, and must hold nothing by then.
                const auto home = job->guard.get_executor();
                asio::post(home, [job = std::move(job)]() mutable {
                    auto resume = std::move(job->resume);
                    job.reset();
                    resume();
                });
            });
        },
        asio::use_awaitable, std::move(fn));
    if (outcome->thrown) std::rethrow_exception(outcome->thrown);
    co_return std::move(*outcome->value);
}

}  // namespace stockcast
