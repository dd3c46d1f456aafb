#include "stockcast/base/offload.hpp"

#include "support/run.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

using namespace stockcast;

namespace {

asio::awaitable<std::string> ask(Workers& workers, std::thread::id& worked_on, std::thread::id& resumed_on) {
    auto answer = co_await offload(workers, [&worked_on] {
        worked_on = std::this_thread::get_id();
        return std::make_unique<std::string>("from afar");
    });
    resumed_on = std::this_thread::get_id();
    co_return *answer;
}

/// Whether the job, and with it what it held, was gone when the caller went on.
asio::awaitable<bool> lend(Workers& workers) {
    auto lent = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = lent;
    const auto seen = co_await offload(workers, [held = std::move(lent)] { return *held; });
    co_return seen == 1 && watched.expired();
}

asio::awaitable<int> fail(Workers& workers) {
    co_return co_await offload(workers, []() -> int { throw std::runtime_error("no such disk"); });
}

}  // namespace

TEST_CASE("offloaded work runs on another thread, its result comes back on ours", "[offload]") {
    asio::io_context io;
    ThreadWorkers workers{2};
    std::thread::id worked_on, resumed_on;
    const auto answer = test::run(io, ask(workers, worked_on, resumed_on));
    CHECK(answer == "from afar");
    CHECK(worked_on != std::this_thread::get_id());
    CHECK(resumed_on == std::this_thread::get_id());
}

TEST_CASE("what offloaded work throws is thrown where it was awaited", "[offload]") {
    asio::io_context io;
    ThreadWorkers workers{1};
    CHECK_THROWS_WITH(test::run(io, fail(workers)), "no such disk");
}

TEST_CASE("offloaded work lets go of what it held before its caller goes on", "[offload]") {
    asio::io_context io;
    ThreadWorkers workers{1};
    for (int i = 0; i < 100; ++i) {
        const auto gone = test::run(io, lend(workers));
        REQUIRE(gone);
    }
}

TEST_CASE("workers finish what was posted before they go", "[offload]") {
    std::atomic<int> done{0};
    {
        ThreadWorkers workers{1};
        std::mutex mutex;
        std::unique_lock held{mutex};
        workers.post([&mutex] { const std::lock_guard wait{mutex}; });  // so that the others are still waiting below
        for (int i = 0; i < 10; ++i) workers.post([&done] { ++done; });
        CHECK(done == 0);
        held.unlock();
    }
    CHECK(done == 10);
}
