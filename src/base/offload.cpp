#include "stockcast/base/offload.hpp"

#include <boost/asio/thread_pool.hpp>

#include <sys/resource.h>
#include <unistd.h>

namespace stockcast {
namespace {

/// Linux counts niceness by thread. 10 leaves a tenth of a contested core: slow, but never standing still, since a job
/// may hold a lock that the ledger's thread waits for.
constexpr int background_niceness = 10;

void step_back_once() {
    thread_local const bool done = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), background_niceness) == 0;
    static_cast<void>(done);  // where it isn't allowed, jobs are as urgent as any: slower webhooks, nothing wrong
}

}  // namespace

struct ThreadWorkers::Pool {
    explicit Pool(std::size_t count) : threads(count) {}
    asio::thread_pool threads;
};

ThreadWorkers::ThreadWorkers(std::size_t threads, Priority priority)
    : pool_(std::make_unique<Pool>(threads)), priority_(priority) {}

ThreadWorkers::~ThreadWorkers() {
    pool_->threads.join();  // thread_pool's own destructor would drop what has not begun
}

void ThreadWorkers::post(std::function<void()> job) {
    asio::post(pool_->threads, [priority = priority_, job = std::move(job)] {
        if (priority == Priority::background) step_back_once();
        job();
    });
}

}  // namespace stockcast
