#pragma once

#include "support/manual_clock.hpp"

#include "stockcast/base/asio.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>
#include <stdexcept>

namespace stockcast::test {

/// Runs what can run now, until nothing is ready any more; then returns, whoever still waits.
inline void run_until_idle(asio::io_context& io) {
    do {
        io.restart();
    } while (io.poll() > 0);
}

/// Runs `work` to its end on `io` and returns its value, or throws what it threw. Real time: for work on sockets and
/// threads. Everything else on `io` must end too: a forgotten task shows as a hang.
template <class T>
T run(asio::io_context& io, asio::awaitable<T> work) {
    auto done = asio::co_spawn(io, std::move(work), asio::use_future);
    io.restart();
    io.run();
    return done.get();
}

/// The same where others on `io` wait for what may never come: they are left waiting.
template <class T>
T run_among(asio::io_context& io, asio::awaitable<T> work) {
    auto done = asio::co_spawn(io, std::move(work), asio::use_future);
    while (done.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
        io.restart();
        io.run_one_for(std::chrono::milliseconds{100});
    }
    return done.get();
}

/// Runs `work` to its end on virtual time: whenever nothing is ready, time jumps to the next deadline. Throws when
/// `work` waits for something that no passing of time brings about.
template <class T>
T run(asio::io_context& io, ManualClock& clock, asio::awaitable<T> work) {
    auto done = asio::co_spawn(io, std::move(work), asio::use_future);
    run_until_idle(io);
    while (done.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
        const auto next = clock.next_deadline();
        if (!next) throw std::runtime_error("stuck: nothing is ready and nobody sleeps");
        clock.advance(io, *next - clock.now());
    }
    return done.get();
}

}  // namespace stockcast::test
