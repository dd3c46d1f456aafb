#pragma once

#include "app/server.hpp"

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_future.hpp>

#include <functional>

namespace stockcast {

/// What a process has one of: the io_context and its one thread, clocks, chance, workers.
struct Process {
    explicit Process(Log& process_log) : log(process_log) {}

    asio::io_context io{1};
    SystemClock clock;
    SystemRandom random;
    Log& log;
    Alerts alerts{clock, log};
    Metrics metrics;
    // These die first: their jobs may hold handlers of `io`.
    ThreadWorkers workers{2};
    ThreadWorkers readers{2, Priority::background};  ///< what may be long: reads over HTTP, streams that catch up

    Surrounds surrounds() { return {io.get_executor(), clock, random, workers, readers, log, alerts, metrics}; }
};

/// Runs `server` until SIGTERM or SIGINT (a second one ends at once), with SIGHUP reading the certificate again.
/// `beside`, if any, is run in the same executor and ended with the server.
int run_until_signalled(Process& process, Server& server, std::function<void(TaskGroup&)> beside = {});

/// Runs one coroutine to its end, for commands that serve nobody.
template <class T>
T run_to_end(Process& process, asio::awaitable<T> work) {
    auto done = asio::co_spawn(process.io, std::move(work), asio::use_future);
    process.io.run();
    process.io.restart();
    return done.get();
}

}  // namespace stockcast
