#include "bench/bench.hpp"
#include "bench/client.hpp"
#include "bench/closed_loop.hpp"
#include "bench/puller.hpp"
#include "bench/stream.hpp"
#include "bench/subscribers.hpp"
#include "bench/table.hpp"
#include "bench/time.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <sys/epoll.h>
#include <vector>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t pullers_tag = std::uint64_t{1} << 32U;
/// Not measured: what is beside gets going, or what was beside before is cleared away.
constexpr auto settling = 500ms;
constexpr int slow_buffer = 4096;  ///< bytes that the kernel keeps for a slow reader, so that it is soon full
constexpr auto patience = 10s;     ///< for answers that are still under way at the end

/// The page after the one answered, or the first one again.
std::string next_search(const OverloadSettings& settings, const std::string& answered) {
    auto target = "/api/products?limit=1000&search=" + settings.search;
    // By hand: the answer's last member, so that a page of a thousand is not read for it.
    constexpr std::string_view name = R"("next":")";
    const auto found = answered.rfind(name);
    if (found == std::string::npos) return target;
    const auto begin = found + name.size();
    return target + "&cursor=" + answered.substr(begin, answered.find('"', begin) - begin);
}

/// The webhooks of half a run and what is read beside them, if anything.
class Half {
public:
    Half(const Server& server, const OverloadSettings& settings, Notifications notifications)
        : server_(server),
          settings_(settings),
          epoll_(new_epoll()),
          webhooks_(server.target(), requests_of(std::move(notifications)), settings.rate, epoll_.get(), 0,
                    settings.connections) {}

    void read_beside() {
        for (unsigned i = 0; i < settings_.exports; ++i)
            pull(Puller::Bodies::discarded,
                 [this](const std::string&) { return server_.get("/api/products", "text/csv"); });
        for (unsigned i = 0; i < settings_.searches; ++i)
            pull(Puller::Bodies::kept,
                 [this](const std::string& body) { return server_.get(next_search(settings_, body)); });
        if (settings_.slow_readers == 0) return;
        // They connect, and that was the last time anybody looks at what they are sent.
        slow_readers_.emplace(Subscribers::Settings{.target = server_.target(),
                                                    .path = usual_path(Transport::websocket),
                                                    .token = settings_.token,
                                                    .count = settings_.slow_readers,
                                                    .receive_buffer = slow_buffer},
                              [](std::size_t, std::string_view, Time) {});
        slow_readers_->connect_all();
    }

    void run() {
        const auto began = now() + settling;
        const auto end = began + std::chrono::seconds{settings_.seconds};
        webhooks_.begin(began);
        for (auto at = now(); at < end || (at < end + patience && !webhooks_.is_settled()); at = now()) {
            turn();
            if (at >= began) webhooks_.send_due(std::min(now(), end));
        }
    }

    const Stream& webhooks() const { return webhooks_; }
    std::map<unsigned, std::uint64_t> exports() const { return statuses(0, settings_.exports); }
    std::map<unsigned, std::uint64_t> searches() const { return statuses(settings_.exports, pullers_.size()); }
    double megabytes_per_second() const {
        std::uint64_t bytes = 0;
        for (const auto& puller : pullers_) bytes += puller->bytes();
        return static_cast<double>(bytes) / 1e6 / settings_.seconds;
    }

private:
    void pull(Puller::Bodies bodies, Puller::Next next) {
        pullers_.push_back(std::make_unique<Puller>(server_.address(), epoll_.get(), pullers_tag + pullers_.size(),
                                                    bodies, std::move(next)));
    }

    void turn() {
        std::array<epoll_event, 64> events;
        const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        const auto of = [&](int i) { return events[static_cast<std::size_t>(i)].data.u64; };
        // What is timed comes first: it must not wait until this process has read for the others.
        for (int i = 0; i < ready; ++i)
            if (of(i) < pullers_tag) webhooks_.take_answer(of(i));
        for (int i = 0; i < ready; ++i)
            if (of(i) >= pullers_tag) pullers_[of(i) - pullers_tag]->take();
    }

    std::map<unsigned, std::uint64_t> statuses(std::size_t from, std::size_t to) const {
        std::map<unsigned, std::uint64_t> all;
        for (; from < std::min(to, pullers_.size()); ++from)
            for (const auto& [status, count] : pullers_[from]->by_status()) all[status] += count;
        return all;
    }

    const Server& server_;
    const OverloadSettings& settings_;
    Descriptor epoll_;
    Stream webhooks_;
    std::vector<std::unique_ptr<Puller>> pullers_;
    std::optional<Subscribers> slow_readers_;
};

bool is_good(const std::map<unsigned, std::uint64_t>& by_status) {
    return by_status.empty() || (by_status.size() == 1 && by_status.contains(200));
}

/// All runs: what the webhooks took alone and beside the reads.
class Overload {
public:
    explicit Overload(const OverloadSettings& settings) : settings_(settings), server_(settings.url, settings.token) {
        auto first = notifications();
        send_each_once(server_.address(), first, settings.products);
    }

    void run_once() {
        Half quiet{server_, settings_, notifications()};
        quiet.run();
        keep(quiet, alone_);
        Half busy{server_, settings_, notifications()};
        busy.read_beside();
        busy.run();
        keep(busy, beside_);
        print_note("exports: " + listed(busy.exports()) + "; pages of searches: " + listed(busy.searches()) + "; " +
                   std::to_string(static_cast<int>(busy.megabytes_per_second())) + " MB/s");
        all_good_ = all_good_ && is_good(busy.exports()) && is_good(busy.searches());
        const auto ms = [](std::chrono::nanoseconds ns) { return static_cast<double>(ns.count()) / 1e6; };
        ratios_.push_back(ms(beside_.back().p99) / ms(alone_.back().p99));
    }

    void print() const {
        std::printf("\n");
        print_heads();
        print_row("webhooks alone", median_of(alone_));
        print_row("webhooks beside the reads", median_of(beside_));
        std::printf("\n%-34s %10.2f    of", "p99 beside / alone", median_of(ratios_));
        for (const double ratio : ratios_) std::printf(" %.2f", ratio);
        std::printf("\n");
    }
    bool all_good() const { return all_good_; }

private:
    Notifications notifications() const {
        return Notifications{{server_.host_field(), "/api/webhooks/receive/" + settings_.secret, settings_.company_key,
                              settings_.products, settings_.seed}};
    }

    void keep(const Half& half, std::vector<Figures>& figures) {
        const auto& webhooks = half.webhooks();
        figures.push_back(
            figures_of(static_cast<double>(webhooks.answered().count()) / settings_.seconds, webhooks.answered()));
        if (webhooks.is_all_taken()) return;
        all_good_ = false;
        print_note("webhooks: " + listed(webhooks.by_status()) + ", " + std::to_string(webhooks.unsent()) +
                   " never sent");
    }

    const OverloadSettings& settings_;
    const Server server_;
    std::vector<Figures> alone_, beside_;
    std::vector<double> ratios_;
    bool all_good_ = true;
};

}  // namespace

bool overload(const OverloadSettings& settings) {
    Overload overload{settings};
    raise_descriptor_limit();
    std::printf(
        "%.0f webhooks/s, alone and beside %u exports, %u searches and %u slow readers, %u runs of twice %u s\n\n",
        settings.rate, settings.exports, settings.searches, settings.slow_readers, settings.runs, settings.seconds);
    for (unsigned run = 0; run < settings.runs; ++run) overload.run_once();
    overload.print();
    return overload.all_good();
}

}  // namespace stockcast::bench
