#include "bench/bench.hpp"
#include "bench/closed_loop.hpp"
#include "bench/notification.hpp"
#include "bench/table.hpp"
#include "bench/time.hpp"
#include "bench/watcher.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vector>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t senders = 16;  ///< a webhook that finds them all busy waits, and its wait is measured
constexpr std::uint64_t timer_tag = ~std::uint64_t{0};
constexpr std::uint64_t sender_tag = std::uint64_t{1} << 32U;

struct Sender {
    Descriptor socket;
    std::string received;
    std::uint64_t index = 0;  ///< of the webhook under way
    bool busy = false;
};

/// Webhooks at a fixed rate, whatever the answers take (an open loop: a slow server does not slow the question), and
/// the time until each client has each change.
class Run {
public:
    Run(const Address& address, const HttpUrl& url, const LatencySettings& settings, Notifications& notifications,
        std::uint64_t first)
        : settings_(settings),
          notifications_(notifications),
          first_(first),
          total_(static_cast<std::uint64_t>(settings.rate * settings.seconds)),
          due_at_(total_),
          epoll_(new_epoll()),
          timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
        if (timer_.get() < 0) fail("timerfd_create");
        for (unsigned i = 0; i < settings.clients; ++i) {
            watchers_.push_back(std::make_unique<Watcher>(address, url.host_field(), settings.token));
            watch_for_input(epoll_.get(), watchers_.back()->descriptor(), i);
        }
        for (std::size_t i = 0; i < senders; ++i) {
            senders_[i].socket = connect_to(address);
            watch_for_input(epoll_.get(), senders_[i].socket.get(), sender_tag + i);
        }
    }

    void run() {
        const auto until_connected = now() + 30s;
        while (!all_watching()) {
            if (now() > until_connected) throw std::runtime_error("the WebSockets did not open within 30 s");
            turn();
        }
        start_timer();
        const auto patience = now() + std::chrono::seconds{settings_.seconds} + 5s;
        while (!is_over() && now() < patience) turn();
    }

    const Histogram& answered() const { return answered_; }
    const Histogram& seen() const { return seen_; }
    std::uint64_t refused() const { return refused_; }
    std::uint64_t expected() const { return total_ * settings_.clients; }
    std::uint64_t total() const { return total_; }

private:
    bool all_watching() const {
        for (const auto& watcher : watchers_)
            if (!watcher->is_watching()) return false;
        return true;
    }
    bool is_over() const { return answered_.count() + refused_ == total_ && seen_.count() >= expected(); }

    void start_timer() {
        const auto gap = std::chrono::nanoseconds{static_cast<std::int64_t>(1e9 / settings_.rate)};
        itimerspec spec{};
        spec.it_interval.tv_sec = gap / 1s;
        spec.it_interval.tv_nsec = (gap % 1s).count();
        spec.it_value = spec.it_interval;
        if (::timerfd_settime(timer_.get(), 0, &spec, nullptr) != 0) fail("timerfd_settime");
        watch_for_input(epoll_.get(), timer_.get(), timer_tag);
    }

    void turn() {
        std::array<epoll_event, 256> events;
        const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 100);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        const auto at = now();
        for (int i = 0; i < ready; ++i) {
            const auto tag = events[static_cast<std::size_t>(i)].data.u64;
            if (tag == timer_tag)
                tick(at);
            else if (tag >= sender_tag)
                take_answer(senders_[tag - sender_tag], at);
            else
                watchers_[tag]->read([this, at](std::string_view event) { take_event(event, at); });
        }
        send_due();
    }

    void tick(Time at) {
        std::uint64_t times = 0;
        if (::read(timer_.get(), &times, sizeof times) != static_cast<ssize_t>(sizeof times)) return;
        for (; times > 0 && due_ < total_; --times) due_at_[due_++] = at;
    }

    void send_due() {
        for (auto& sender : senders_) {
            if (sent_ == due_) return;
            if (sender.busy) continue;
            send_whole(sender.socket.get(), notifications_.request(first_ + sent_));
            sender.index = sent_++;
            sender.busy = true;
        }
    }

    void take_answer(Sender& sender, Time at) {
        std::array<char, 4096> buffer;
        const auto got = ::read(sender.socket.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) throw std::runtime_error("the server closed a connection");
        sender.received.append(buffer.data(), static_cast<std::size_t>(got));
        const auto answer = read_answer(sender.received);
        if (answer.size == 0) return;
        sender.received.erase(0, answer.size);
        sender.busy = false;
        if (answer.status >= 200 && answer.status < 300)
            answered_.add(at - due_at_[sender.index]);
        else
            ++refused_;
    }

    void take_event(std::string_view event, Time at) {
        constexpr std::string_view name = R"("newStock":)";
        const auto found = event.find(name);
        if (found == std::string_view::npos) return;
        std::uint64_t figure = 0;
        std::from_chars(event.data() + found + name.size(), event.data() + event.size(), figure);
        // The figure names the webhook; those of the time before the measurement are below.
        const auto offset =
            (figure + Notifications::figures - Notifications::figure_of(first_)) % Notifications::figures;
        if (offset < sent_) seen_.add(at - due_at_[offset]);
    }

    const LatencySettings& settings_;
    Notifications& notifications_;
    const std::uint64_t first_;
    const std::uint64_t total_;
    std::uint64_t due_ = 0, sent_ = 0;
    std::vector<Time> due_at_;
    Descriptor epoll_, timer_;
    std::vector<std::unique_ptr<Watcher>> watchers_;
    std::array<Sender, senders> senders_;
    Histogram answered_, seen_;
    std::uint64_t refused_ = 0;
};

}  // namespace

bool latency(const LatencySettings& settings) {
    const auto url = HttpUrl::parse(settings.url);
    if (!url) throw std::runtime_error("URL is no http:// address");  // not repeated: it holds the secret
    const auto address = resolve(*url);
    Notifications notifications{{url->host_field(), url->path, settings.company_key, settings.products, settings.seed}};

    // Beforehand: a product's creation is another event than what is measured.
    const auto n = send_each_once(address, notifications, settings.products);
    Run run{address, *url, settings, notifications, n};
    std::printf("%.0f webhooks/s for %u s, %u WebSocket clients\n\n", settings.rate, settings.seconds,
                settings.clients);
    run.run();

    print_heads();
    const double seconds = settings.seconds;
    print_row("webhook answered", static_cast<double>(run.answered().count()) / seconds, run.answered());
    print_row("webhook to frame at the client", static_cast<double>(run.seen().count()) / seconds, run.seen());
    if (run.refused() > 0) print_note(std::to_string(run.refused()) + " webhooks were refused");
    const auto missed = run.expected() - std::min(run.expected(), run.seen().count());
    if (missed > 0)
        print_note(std::to_string(missed) + " of " + std::to_string(run.expected()) + " frames did not come");
    return run.refused() == 0 && missed == 0;
}

}  // namespace stockcast::bench
