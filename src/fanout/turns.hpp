#pragma once

#include "stockcast/base/asio.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <deque>
#include <utility>

namespace stockcast {

/// So many at once, the others in the order in which they came. Not cancellable: turns are short, and whoever no longer
/// wants his gives it back at once.
class Turns {
public:
    Turns(asio::any_io_executor executor, std::size_t at_once)
        : executor_(std::move(executor)), at_once_(at_once), free_(at_once) {}

    asio::awaitable<void> take() {
        if (free_ > 0) {
            --free_;
            co_return;
        }
        co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
            [this](auto handler) { waiting_.emplace_back(std::move(handler)); }, asio::use_awaitable);
    }

    void give_back() {
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        asio::post(executor_, std::move(waiting_.front()));
        waiting_.pop_front();
    }

    /// Gives a turn back however its owner ends.
    class Taken {
    public:
        explicit Taken(Turns& turns) : turns_(turns) {}
        ~Taken() { turns_.give_back(); }
        Taken(const Taken&) = delete;
        Taken& operator=(const Taken&) = delete;

    private:
        Turns& turns_;
    };

    std::size_t taken() const { return at_once_ - free_; }
    std::size_t waiting() const { return waiting_.size(); }

private:
    asio::any_io_executor executor_;
    std::size_t at_once_;
    std::size_t free_;
    std::deque<asio::any_completion_handler<void()>> waiting_;
};

}  // namespace stockcast
