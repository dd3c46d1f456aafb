#include "bench/bench.hpp"
#include "bench/closed_loop.hpp"
#include "bench/disk.hpp"
#include "bench/notification.hpp"
#include "bench/table.hpp"

#include <cstdio>
#include <stdexcept>

namespace stockcast::bench {
namespace {

HttpUrl parsed(const std::string& text) {
    const auto url = HttpUrl::parse(text);
    if (!url) throw std::runtime_error("URL is no http:// address");  // not repeated: it holds the secret
    return *url;
}

std::string counted(const char* what, unsigned connections) {
    return std::string{what} + ", " + std::to_string(connections) + (connections == 1 ? " connection" : " connections");
}

void note_refusals(const LoopResult& result) {
    for (const auto& [status, count] : result.by_status)
        if (status < 200 || status > 299) print_note(std::to_string(count) + " answered " + std::to_string(status));
}

}  // namespace

bool ingest(const IngestSettings& settings) {
    const auto url = parsed(settings.url);
    const auto address = resolve(url);
    Notifications notifications{{url.host_field(), url.path, settings.company_key, settings.products, settings.seed}};
    std::printf("%zu-byte notifications over %u products, %u s each\n\n", notifications.body_bytes(), settings.products,
                settings.seconds);
    print_heads();

    // Right before and after what it is compared with, so that a neighbour on the machine shows.
    const auto disk_before = append_and_sync(settings.disk, notifications.body_bytes(), std::chrono::seconds{2});
    print_row("append + fdatasync, before", disk_before.per_second, disk_before.durations);

    std::uint64_t n = 0;
    std::vector<std::pair<unsigned, double>> rates;
    bool all_taken = true;
    const auto health = "GET /healthz HTTP/1.1\r\nHost: " + url.host_field() + "\r\n\r\n";
    for (const auto connections : settings.connections) {
        const LoopSettings loop{connections, std::chrono::seconds{1}, std::chrono::seconds{settings.seconds}};
        const LoopSettings short_loop{connections, std::chrono::milliseconds{500}, std::chrono::seconds{2}};
        const auto plain = run_closed_loop(address, short_loop, [&health] { return std::string_view{health}; });
        print_row(counted("GET /healthz", connections), plain.per_second(), plain.answered);
        const auto webhooks = run_closed_loop(address, loop, [&] { return notifications.request(n++); });
        print_row(counted("webhooks", connections), webhooks.per_second(), webhooks.answered);
        note_refusals(webhooks);
        all_taken = all_taken && webhooks.refused() == 0;
        rates.emplace_back(connections, webhooks.per_second());
    }

    const auto disk_after = append_and_sync(settings.disk, notifications.body_bytes(), std::chrono::seconds{2});
    print_row("append + fdatasync, after", disk_after.per_second, disk_after.durations);
    const auto disk = (disk_before.per_second + disk_after.per_second) / 2;
    std::printf("\n");
    for (const auto& [connections, rate] : rates)
        std::printf("%-34s %10.2f\n", (counted("webhooks", connections) + " / append").c_str(), rate / disk);
    return all_taken;
}

}  // namespace stockcast::bench
