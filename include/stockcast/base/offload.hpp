#pragma once

#include "stockcast/base/asio.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

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

/// A fixed number of threads; the destructor finishes what was posted.
class ThreadWorkers final : public Workers {
public:
    explicit ThreadWorkers(std::size_t threads);
    ~ThreadWorkers() override;
    void post(std::function<void()> job) override;

private:
    struct Pool;
    std::unique_ptr<Pool> pool_;
};

/// Runs `fn()` on `workers` and resumes the awaiting coroutine, on its own executor, with what it returned; what it
/// threw is rethrown. Not cancellable: the job may own resources of its caller, so the caller waits for it.
/// `fn` must be copyable and must not return void.
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
        [&workers, executor, outcome, fn = std::move(fn)](auto handler) mutable {
            // std::function needs copies, a handler has none: share it. The work guard keeps run() from returning.
            auto shared = std::make_shared<std::decay_t<decltype(handler)>>(std::move(handler));
            auto guard = asio::make_work_guard(executor);
            workers.post([executor, outcome, shared, guard, fn = std::move(fn)]() mutable {
                try {
                    outcome->value.emplace(fn());
                } catch (...) {
                    outcome->thrown = std::current_exception();
                }
                asio::post(executor, [shared = std::move(shared), guard = std::move(guard)]() mutable { (*shared)(); });
            });
        },
        asio::use_awaitable);
    if (outcome->thrown) std::rethrow_exception(outcome->thrown);
    co_return std::move(*outcome->value);
}

}  // namespace stockcast
