#include "stockcast/base/offload.hpp"

#include <boost/asio/thread_pool.hpp>

namespace stockcast {

struct ThreadWorkers::Pool {
    explicit Pool(std::size_t count) : threads(count) {}
    asio::thread_pool threads;
};

ThreadWorkers::ThreadWorkers(std::size_t threads) : pool_(std::make_unique<Pool>(threads)) {}

ThreadWorkers::~ThreadWorkers() {
    pool_->threads.join();  // thread_pool's own destructor would drop what has not begun
}

void ThreadWorkers::post(std::function<void()> job) {
    asio::post(pool_->threads, std::move(job));
}

}  // namespace stockcast
