#include "bench/crowd.hpp"
#include "bench/exchange.hpp"
#include "bench/table.hpp"

#include <cstdio>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;  ///< for what is under way at the end

}  // namespace

/// An open loop: a slow server does not slow the question.
bool latency(const LatencySettings& settings) {
    const auto url = parsed_url(settings.url);
    CrowdSettings crowd;
    crowd.token = settings.token;
    crowd.clients = settings.clients;
    Exchange exchange{notifications_to(url, /*ca=*/"", settings.products, settings.company_key, settings.seed,
                                       Notifications::Settings::Shape::full),
                      settings.rate, subscribers_of(crowd, server_of(url))};
    exchange.begin();
    std::printf("%.0f webhooks/s for %u s, %u WebSocket clients\n\n", settings.rate, settings.seconds,
                settings.clients);
    exchange.run_at_rate(std::chrono::seconds{settings.seconds});
    exchange.settle(patience);

    print_heads();
    exchange.print(settings.seconds);
    if (!exchange.deliveries().is_flawless()) print_note(shown_flaws(exchange.deliveries()));
    return exchange.is_flawless();
}

}  // namespace stockcast::bench
