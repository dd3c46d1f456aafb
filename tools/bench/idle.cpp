#include "bench/crowd.hpp"
#include "bench/table.hpp"

#include <cstdio>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

void print_json(double per_second, const Watch& server, unsigned clients, double core_share) {
    FigureLine line;
    line.add("clients", clients).add("connections_per_second", per_second);
    if (server.is_on())
        line.add("resident_kb_per_client", server.resident_growth_kb() / clients)
            .add("proportional_kb_per_client", server.proportional_growth_kb() / clients)
            .add("core_share", core_share);
    line.print();
}

void print_memory(const char* when, const Watch& server, unsigned clients) {
    std::printf("%-34s %11.2f kB %11.2f kB\n", when, server.resident_growth_kb() / clients,
                server.proportional_growth_kb() / clients);
}

}  // namespace

bool idle(const IdleSettings& settings) {
    raise_descriptor_limit();
    const auto clients = settings.crowd.clients;
    Subscribers subscribers{subscribers_of(settings.crowd, settings.url), [](std::size_t, std::string_view, Time) {}};
    const Watch server{settings.crowd.pid};
    const auto began = now();
    subscribers.connect_all();
    const double per_second = clients / std::chrono::duration<double>(now() - began).count();
    if (!settings.json) {
        std::printf("%s: %.0f connections/s\n", shown_crowd(subscribers.settings()).c_str(), per_second);
        if (server.is_on()) std::printf("\n%-34s %14s %14s\n", "memory a client", "resident", "proportional");
        if (server.is_on()) print_memory("all connected", server, clients);
    }

    const Watch staying{settings.crowd.pid};
    for (const auto end = now() + std::chrono::seconds{settings.seconds}; now() < end;) subscribers.read_some(100ms);
    const double core_share = staying.core_share();
    if (settings.json) {
        print_json(per_second, server, clients, core_share);
    } else if (server.is_on()) {
        print_memory(("after " + std::to_string(settings.seconds) + " s").c_str(), server, clients);
        std::printf("\n    server: %.1f %% of a core meanwhile\n", core_share * 100);
    }
    return true;
}

}  // namespace stockcast::bench
