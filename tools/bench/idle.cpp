#include "bench/crowd.hpp"
#include "bench/table.hpp"

#include "stockcast/base/json.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <sys/epoll.h>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

void stay(Subscribers& subscribers, int epoll, Time end) {
    std::array<epoll_event, 256> events;
    while (now() < end) {
        const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < ready; ++i) subscribers.notice(events[static_cast<std::size_t>(i)].data.u64);
    }
}

struct Growth {
    double resident_kb = 0, proportional_kb = 0;  ///< a client
};
Growth growth_of(const Watch& watch, unsigned clients) {
    return {watch.resident_growth_kb() / clients, watch.proportional_growth_kb() / clients};
}

}  // namespace

bool idle(const IdleSettings& settings) {
    raise_descriptor_limit();
    const auto crowd = subscribers_of(settings.crowd, settings.url);
    const auto epoll = new_epoll();
    Watch memory{settings.crowd.pid};
    const auto began = now();
    Subscribers subscribers{crowd, epoll.get(), 0, [](std::size_t, std::string_view, Time) {}};
    subscribers.connect_all();
    const double connecting = std::chrono::duration<double>(now() - began).count();
    const auto at_first = growth_of(memory, settings.crowd.clients);

    Watch cpu{settings.crowd.pid};
    stay(subscribers, epoll.get(), now() + std::chrono::seconds{settings.seconds});
    const auto at_last = growth_of(memory, settings.crowd.clients);
    const double per_second = settings.crowd.clients / connecting;
    if (settings.json) {
        const auto decimal = [](double value) { return std::to_string(value); };
        std::string line;
        JsonObjectWriter writer{line};
        writer.number("clients", settings.crowd.clients).raw("connections_per_second", decimal(per_second));
        if (memory.is_on())
            writer.raw("resident_kb_per_client", decimal(at_last.resident_kb))
                .raw("proportional_kb_per_client", decimal(at_last.proportional_kb))
                .raw("core_share", decimal(cpu.core_share()));
        writer.close();
        std::printf("%s\n", line.c_str());
        return true;
    }
    std::printf("%s: %.0f connections/s, all stayed %u s\n", shown_crowd(crowd).c_str(), per_second, settings.seconds);
    if (!memory.is_on()) return true;
    std::printf("\n%-34s %14s %14s\n", "memory a client", "resident", "proportional");
    std::printf("%-34s %11.2f kB %11.2f kB\n", "all connected", at_first.resident_kb, at_first.proportional_kb);
    std::printf("%-34s %11.2f kB %11.2f kB\n", "at the end", at_last.resident_kb, at_last.proportional_kb);
    print_note("server: " + std::to_string(cpu.core_share() * 100).substr(0, 4) + " % of a core meanwhile");
    return true;
}

}  // namespace stockcast::bench
