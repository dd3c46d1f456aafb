#include "bench/bench.hpp"
#include "bench/notification.hpp"
#include "bench/process.hpp"
#include "bench/slow_crowd.hpp"
#include "bench/stream.hpp"
#include "bench/table.hpp"
#include "bench/time.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t hints_tag = std::uint64_t{1} << 32U;
constexpr std::uint64_t crowd_tag = std::uint64_t{1} << 33U;

/// 0 where none was named.
double resident_mb(unsigned pid) {
    return pid == 0 ? 0 : static_cast<double>(memory_of(pid).resident_kb) / 1024;
}

/// `…/receive/SECRET` → `…/receive`: where a hint goes.
std::string without_secret(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos || !path.substr(0, slash).ends_with("/receive"))
        throw std::runtime_error("URL must end in /receive/SECRET");
    return path.substr(0, slash);
}

}  // namespace

bool hostile(const HostileSettings& settings) {
    raise_descriptor_limit();
    const auto url = HttpUrl::parse(settings.url);
    if (!url) throw std::runtime_error("URL is no http:// address");  // not repeated: it holds the secret
    const Target target{resolve(*url), url->endpoint.host, url->host_field(), nullptr};
    const auto notifications = [&](const std::string& target, std::uint64_t seed) {
        return requests_of(Notifications{{url->host_field(), target, settings.company_key, settings.products, seed}});
    };

    const auto epoll = new_epoll();
    const double before_mb = resident_mb(settings.pid);
    Stream genuine{target, notifications(url->path, settings.seed), settings.rate, epoll.get(), 0};
    Stream hints{target, notifications(without_secret(url->path), settings.seed + 1), settings.hints, epoll.get(),
                 hints_tag};
    SlowCrowd crowd{target.address, url->host_field(), without_secret(url->path),
                    settings.slow,  epoll.get(),       crowd_tag};
    std::printf("%u slow connections, %.0f hints/s, %.0f webhooks/s, for %u s\n\n", settings.slow, settings.hints,
                settings.rate, settings.seconds);

    const auto began = now();
    const auto end = began + std::chrono::seconds{settings.seconds};
    const auto patience = end + 10s;  // for answers that are still under way
    genuine.begin(began);
    hints.begin(began);
    double most_mb = before_mb;
    auto look_at_memory = began;
    std::size_t most_open = 0;
    std::array<epoll_event, 512> events;
    for (auto at = began; at < end || (at < patience && !genuine.is_settled()); at = now()) {
        const int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        at = now();
        for (int i = 0; i < ready; ++i) {
            const auto tag = events[static_cast<std::size_t>(i)].data.u64;
            if (tag >= crowd_tag)
                crowd.notice(tag);
            else
                (tag >= hints_tag ? hints : genuine).take_answer(tag);
        }
        if (at < end) hints.send_due(at);
        genuine.send_due(std::min(at, end));
        crowd.trickle(at);
        most_open = std::max(most_open, crowd.open());
        if (at < look_at_memory) continue;
        look_at_memory = at + 500ms;
        most_mb = std::max(most_mb, resident_mb(settings.pid));
    }

    const double seconds = settings.seconds;
    print_heads();
    print_row("genuine webhooks", static_cast<double>(genuine.answered().count()) / seconds, genuine.answered());
    print_note(listed(genuine.by_status()));
    print_row("forged hints", static_cast<double>(hints.answered().count()) / seconds, hints.answered());
    print_note(listed(hints.by_status()));
    print_note(std::to_string(most_open) + " slow connections open at once; the server ended " +
               std::to_string(crowd.cut()) + " of " + std::to_string(crowd.opened()) + ": " +
               listed(crowd.by_status()));
    if (settings.pid != 0) std::printf("    server's memory: %.0f MB before, at most %.0f MB\n", before_mb, most_mb);
    return genuine.is_all_taken();
}

}  // namespace stockcast::bench
