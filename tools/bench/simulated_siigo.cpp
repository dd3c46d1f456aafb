#include "bench/simulated_siigo.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/sim/simulator.hpp"

#include <boost/asio/io_context.hpp>

#include <limits>

namespace stockcast::bench {
namespace {

/// Until it is killed.
void serve(unsigned products, unsigned requests_per_minute, const Child::TellPort& tell_port) {
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
    tell_port(simulator.port());
    TaskGroup tasks{io.get_executor(), clock, *log};
    tasks.spawn("simulator", simulator.run(tasks));
    io.run();
}

}  // namespace

SimulatedSiigo::SimulatedSiigo(unsigned products, unsigned requests_per_minute)
    : child_("SIIGO's simulator",
             [=](const Child::TellPort& tell_port) { serve(products, requests_per_minute, tell_port); }) {}

}  // namespace stockcast::bench
