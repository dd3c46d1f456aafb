#include "bench/beast_server.hpp"
#include "bench/crowd.hpp"
#include "bench/exchange.hpp"
#include "bench/raw_server.hpp"
#include "bench/table.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto warm_up = 1s;    ///< not measured
constexpr auto patience = 10s;  ///< for a change that some client does not have

/// Null: a server that is there is measured.
std::unique_ptr<Child> start_own_server(const FanoutSettings& settings) {
    if (settings.own.empty()) return nullptr;
    if (settings.own == "beast") return start_beast_server(settings.own_core);
    using Sending = RawServerSettings::Sending;
    const auto sending = settings.own == "joined" ? Sending::joined : Sending::each;
    return start_raw_server({sending, settings.sync_in, settings.own_core});
}

Load load_of(const FanoutSettings& settings, const HttpUrl& url) {
    if (!settings.own.empty() || !settings.connect.empty()) return posts_to(url, settings.crowd.ca);
    return notifications_to(url, settings.crowd.ca, settings.products, settings.company_key, settings.seed);
}

/// The next change when fewer than so many are on their way to some client.
void run_in_flight(Exchange& exchange, unsigned in_flight, std::chrono::nanoseconds span) {
    const auto& deliveries = exchange.deliveries();
    auto complete = deliveries.everywhere();
    auto completed_at = now();
    const auto end = completed_at + span;
    for (auto at = now(); at < end; at = now()) {
        while (deliveries.in_flight() < in_flight && exchange.triggers().send_now(now())) {
        }
        exchange.turn(100ms);
        exchange.require_no_refusal();
        if (deliveries.everywhere() != complete) {
            complete = deliveries.everywhere();
            completed_at = at;
        } else if (at - completed_at > patience) {
            throw std::runtime_error("a change did not reach every client within 10 s: " +
                                     std::to_string(deliveries.missing()) + " frames are missing");
        }
    }
}

struct Outcome {
    double seconds = 0;
    double per_second = 0;
    double flowing_per_second = 0;  ///< of the time in which any change was with some clients and not with all
    double core_share = 0;
    std::chrono::nanoseconds cpu_a_delivery{};
    double resident_kb_per_client = 0;
};

Outcome outcome_of(const Deliveries& deliveries, const Watch& server, Time began) {
    const auto seconds = [](std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); };
    const auto delivered = static_cast<double>(deliveries.delivered());
    Outcome outcome;
    outcome.seconds = seconds(now() - began);
    outcome.per_second = delivered / outcome.seconds;
    if (deliveries.flowing() > 0s) outcome.flowing_per_second = delivered / seconds(deliveries.flowing());
    if (!server.is_on() || deliveries.delivered() == 0) return outcome;
    outcome.core_share = server.core_share();
    outcome.cpu_a_delivery = server.cpu() / static_cast<std::int64_t>(deliveries.delivered());
    return outcome;
}

void print_text(const FanoutSettings& settings, const Exchange& exchange, const Outcome& outcome, bool has_server) {
    const auto pace = settings.rate > 0 ? std::to_string(static_cast<int>(settings.rate)) + " changes/s"
                                        : std::to_string(settings.in_flight) + " in flight";
    std::printf("%s, changes of %zu bytes, %s, %u s\n\n", shown_crowd(exchange.clients().settings()).c_str(),
                exchange.message_bytes(), pace.c_str(), settings.seconds);
    print_heads();
    exchange.print(outcome.seconds);
    std::printf("%-34s %10.0f\n", "deliveries while any flows", outcome.flowing_per_second);
    std::printf("\n    %s\n", shown_flaws(exchange.deliveries()).c_str());
    if (has_server)
        std::printf("    server: %.0f %% of a core, %s a delivery; %.1f kB a client\n", outcome.core_share * 100,
                    shown(outcome.cpu_a_delivery).c_str(), outcome.resident_kb_per_client);
}

void print_json(const Exchange& exchange, const Outcome& outcome, bool has_server) {
    const auto& deliveries = exchange.deliveries();
    FigureLine line;
    line.add("deliveries_per_second", outcome.per_second)
        .add("while_flowing_per_second", outcome.flowing_per_second)
        .add("p50_ms", milliseconds(deliveries.delays().percentile(0.5)))
        .add("p99_ms", milliseconds(deliveries.delays().percentile(0.99)))
        .add("message_bytes", static_cast<double>(exchange.message_bytes()))
        .add("missing", static_cast<double>(deliveries.missing()))
        .add("double", static_cast<double>(deliveries.doubled()))
        .add("out_of_order", static_cast<double>(deliveries.reordered()));
    if (has_server)
        line.add("core_share", outcome.core_share).add("resident_kb_per_client", outcome.resident_kb_per_client);
    line.print();
}

}  // namespace

bool fanout(const FanoutSettings& settings) {
    raise_descriptor_limit();
    const auto own = start_own_server(settings);
    const auto url = parsed_url(own ? own->url() : settings.url);
    const auto stream = settings.connect.empty() ? server_of(url) : settings.connect;
    Exchange exchange{load_of(settings, url), settings.rate, subscribers_of(settings.crowd, stream)};
    Watch server{own ? own->pid() : settings.crowd.pid};
    exchange.begin();
    const double growth_kb = server.resident_growth_kb();

    const auto run = [&](std::chrono::nanoseconds span) {
        settings.rate > 0 ? exchange.run_at_rate(span) : run_in_flight(exchange, settings.in_flight, span);
    };
    run(warm_up);
    exchange.begin_measuring();
    server.begin();
    const auto began = now();
    run(std::chrono::seconds{settings.seconds});
    auto outcome = outcome_of(exchange.deliveries(), server, began);
    outcome.resident_kb_per_client = growth_kb / settings.crowd.clients;
    const bool all_have_all = exchange.settle(patience);

    settings.json ? print_json(exchange, outcome, server.is_on())
                  : print_text(settings, exchange, outcome, server.is_on());
    return all_have_all && exchange.is_flawless();
}

}  // namespace stockcast::bench
