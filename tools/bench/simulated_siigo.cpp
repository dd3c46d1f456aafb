#include "bench/simulated_siigo.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/sim/simulator.hpp"

#include <boost/asio/io_context.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <limits>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stockcast::bench {
namespace {

/// The child: until it is killed.
void serve(unsigned products, unsigned requests_per_minute, int tell_port) {
    asio::io_context io{1};
    SystemClock clock;
    SystemRandom random;
    const auto log = open_console_log({LogLevel::warning, LogFormat::text, language_from_environment()});
    ThreadWorkers workers{1};
    const auto connector = make_connector(std::make_shared<TlsClientContext>(""), workers, clock, *log);
    sim::SimulatorSettings settings;
    settings.username = SimulatedSiigo::username;
    settings.access_key = SimulatedSiigo::access_key;
    settings.products = products;
    settings.requests_per_minute = requests_per_minute > std::numeric_limits<unsigned>::max() / 2
                                       ? requests_per_minute
                                       : requests_per_minute + requests_per_minute / 4;
    sim::Simulator simulator{settings, io.get_executor(), *connector, clock, random, *log};
    const auto port = simulator.port();
    if (::write(tell_port, &port, sizeof port) != static_cast<ssize_t>(sizeof port)) return;
    TaskGroup tasks{io.get_executor(), clock, *log};
    tasks.spawn("simulator", simulator.run(tasks));
    io.run();
}

}  // namespace

SimulatedSiigo::SimulatedSiigo(unsigned products, unsigned requests_per_minute) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    child_ = ::fork();
    if (child_ < 0) throw std::runtime_error("no second process");
    if (child_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::close(ends[0]);
        try {
            serve(products, requests_per_minute, ends[1]);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "stockcast-bench: simulator: %s\n", error.what());
        }
        ::_exit(1);
    }
    ::close(ends[1]);
    const auto got = ::read(ends[0], &port_, sizeof port_);
    ::close(ends[0]);
    if (got != static_cast<ssize_t>(sizeof port_)) throw std::runtime_error("SIIGO's simulator did not come up");
}

SimulatedSiigo::~SimulatedSiigo() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
}

}  // namespace stockcast::bench
