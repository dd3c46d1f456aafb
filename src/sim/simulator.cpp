#include "stockcast/sim/simulator.hpp"

#include "sim/announcer.hpp"
#include "sim/api.hpp"
#include "sim/catalogue.hpp"
#include "sim/commands.hpp"
#include "sim/company.hpp"
#include "sim/courier.hpp"
#include "sim/front.hpp"
#include "sim/seeded_random.hpp"
#include "sim/subscriptions.hpp"
#include "sim/trade.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/base/within.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <stdexcept>

namespace stockcast::sim {

struct Simulator::Impl {
    Impl(SimulatorSettings given, const asio::any_io_executor& executor, Connector& connector, Clock& time,
         Random& random, Log& log)
        : settings(std::move(given)),
          variants(settings.variants),
          rate{settings.sales_per_minute, settings.unannounced_share},
          clock(time),
          chance(settings.seed),
          catalogue(chance),
          subscriptions(settings.company_key, variants, clock, random),
          courier(connector, clock, log, variants, counts),
          announcer(settings, company, subscriptions, variants, faults, counts, courier),
          trade(company, catalogue, announcer, counts),
          rate_changed(executor),
          api(settings, company, subscriptions, variants, faults, counts, clock, random),
          commands({company, catalogue, subscriptions, announcer, variants, faults, counts, rate, clock,
                    [this] { rate_changed.notify_all(); }}),
          front(api, commands, faults, clock),
          server(executor, settings.address, limits(), front, certificate(settings, clock), clock, log) {
        open_shop(company, catalogue, settings.products, now(clock));
    }

    static HttpLimits limits() {
        HttpLimits limits;
        limits.connections_per_address_max = 0;  // tests and benchmarks all come from one address
        return limits;
    }

    static std::shared_ptr<TlsServerContext> certificate(const SimulatorSettings& settings, const Clock& clock) {
        if (settings.tls_cert_file.empty()) return nullptr;
        return std::make_shared<TlsServerContext>(settings.tls_cert_file, settings.tls_key_file, clock);
    }

    asio::awaitable<void> do_business();

    SimulatorSettings settings;
    Variants variants;
    Faults faults;
    SimulatorCounts counts;
    TradeRate rate;
    Clock& clock;
    SeededRandom chance;
    Catalogue catalogue;
    Company company;
    Subscriptions subscriptions;
    Courier courier;
    Announcer announcer;
    Trade trade;
    Event rate_changed;
    Api api;
    Commands commands;
    Front front;
    HttpServer server;
};

/// Sells at the rate; a new rate starts a new wait, which an exponential distribution does not mind.
asio::awaitable<void> Simulator::Impl::do_business() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        // At a rate that can't be kept up with each wait is over before it begins, and hears of no end.
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        if (rate.sales_per_minute <= 0) {
            const auto woken = co_await rate_changed.wait();
            if (!woken) co_return;
            continue;
        }
        const auto next = clock.now() + trade.gap(rate.sales_per_minute);
        const auto changed = co_await within(clock, next, rate_changed.wait());
        if (changed) continue;
        if (changed.error() != Errc::timed_out) co_return;
        trade.step(now(clock), rate.unannounced_share);
    }
}

Simulator::Simulator(SimulatorSettings settings, const asio::any_io_executor& executor, Connector& connector,
                     Clock& clock, Random& random, Log& log)
    : impl_(std::make_unique<Impl>(std::move(settings), executor, connector, clock, random, log)) {}

Simulator::~Simulator() = default;

std::uint16_t Simulator::port() const {
    return impl_->server.port();
}

asio::awaitable<void> Simulator::run(TaskGroup& tasks) {
    impl_->courier.start(tasks);
    tasks.spawn("sim trade", impl_->do_business());
    co_await impl_->server.run(tasks);
}

void Simulator::subscribe(const std::string& url) {
    const auto made = impl_->subscriptions.create_all("SiigoSim", url);
    if (!made) throw std::invalid_argument{url + ": " + made.error().message};
}

Variants& Simulator::variants() {
    return impl_->variants;
}
Faults& Simulator::faults() {
    return impl_->faults;
}
const SimulatorCounts& Simulator::counts() const {
    return impl_->counts;
}

}  // namespace stockcast::sim
