#include "bench/crowd.hpp"
#include "bench/exchange.hpp"
#include "bench/process.hpp"
#include "bench/table.hpp"

#include <algorithm>
#include <cstdio>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;  ///< for the last of them to have everything

/// The most that the server and the kernel held in a time.
class Most {
public:
    explicit Most(const Watch& server) : server_(server) {}
    void look() {
        resident_kb_ = std::max(resident_kb_, server_.resident_growth_kb());
        kernel_kb_ = std::max(kernel_kb_, tcp_buffers_kb());
    }
    double resident_mb() const { return resident_kb_ / 1024; }
    double kernel_mb() const { return static_cast<double>(kernel_kb_) / 1024; }

private:
    const Watch& server_;
    double resident_kb_ = 0;
    std::uint64_t kernel_kb_ = 0;
};

}  // namespace

bool stall(const StallSettings& settings) {
    raise_descriptor_limit();
    const auto url = parsed_url(settings.url);
    auto clients = subscribers_of(settings.crowd, server_of(url));
    clients.receive_buffer = settings.receive_buffer;
    Exchange exchange{notifications_to(url, settings.crowd.ca, settings.products, settings.company_key, settings.seed),
                      settings.rate, std::move(clients)};
    exchange.begin();
    std::printf("%s, %.0f webhooks/s: all read for %u s, none for %u s, then all again\n\n",
                shown_crowd(exchange.clients().settings()).c_str(), settings.rate, settings.quiet, settings.stalled);

    exchange.run_at_rate(std::chrono::seconds{settings.quiet});
    const bool were_level = exchange.settle(patience);
    const auto before = figures_of(settings.rate, exchange.triggers().answered());
    const auto frames_before = figures_of(settings.rate * settings.crowd.clients, exchange.deliveries().delays());

    exchange.begin_measuring();
    const auto dropped_before = packets_dropped();
    Watch server{settings.crowd.pid};
    Most most{server};
    exchange.stop_reading();
    for (const auto end = now() + std::chrono::seconds{settings.stalled}; now() < end; most.look())
        exchange.run_at_rate(500ms);
    const auto meanwhile = figures_of(settings.rate, exchange.triggers().answered());

    exchange.read_again();
    const auto again_at = now();
    const auto owed = exchange.deliveries().missing();
    bool have_all = false;
    for (auto at = now(); !have_all && at < again_at + patience; at = now(), most.look())
        have_all = exchange.settle(500ms);
    const auto took = now() - again_at;

    print_heads();
    print_row("webhooks while all read", before);
    print_row("webhooks while none reads", meanwhile);
    exchange.note_refusals();
    print_row("webhook to frame while all read", frames_before);
    std::printf("\n%-34s %10.2f\n", "p99 while none reads / all read",
                milliseconds(meanwhile.p99) / milliseconds(before.p99));
    if (server.is_on())
        std::printf("    server: grew by at most %.1f MB; the kernel's TCP buffers: at most %.0f MB\n",
                    most.resident_mb(), most.kernel_mb());
    std::printf("    %llu frames were owed; %s after %s\n", static_cast<unsigned long long>(owed),
                have_all ? "all clients had all" : "not all clients had all", shown(took).c_str());
    std::printf("    %s\n", shown_flaws(exchange.deliveries()).c_str());
    // All sockets fill up in step, so that their kernel's repetitions are one burst, which it may drop again and again.
    if (const auto dropped = packets_dropped() - dropped_before; dropped > 0)
        std::printf(
            "    this machine itself dropped %llu packets: raise net.core.netdev_max_backlog above the clients\n",
            static_cast<unsigned long long>(dropped));
    return were_level && have_all && exchange.is_flawless();
}

}  // namespace stockcast::bench
