#include "bench/bench.hpp"
#include "bench/closed_loop.hpp"
#include "bench/notification.hpp"
#include "bench/slow_crowd.hpp"
#include "bench/table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <fstream>
#include <map>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;
Time now() {
    return std::chrono::steady_clock::now();
}

constexpr std::size_t senders_each = 16;
constexpr std::uint64_t hints_tag = std::uint64_t{1} << 32U;
constexpr std::uint64_t crowd_tag = std::uint64_t{1} << 33U;

/// Requests at a fixed rate over a few kept connections, whatever the answers take; one that finds them all busy waits,
/// and its wait is measured.
class Stream {
public:
    Stream(const Address& address, Notifications notifications, double rate, int epoll, std::uint64_t tag)
        : address_(address), notifications_(std::move(notifications)), rate_(rate), epoll_(epoll), tag_(tag) {
        if (rate_ <= 0) return;
        senders_.resize(senders_each);
        for (auto& sender : senders_) open(sender);
    }

    void begin(Time at) { began_ = at; }
    void send_due(Time at) {
        const auto due = static_cast<std::uint64_t>(rate_ * std::chrono::duration<double>(at - began_).count());
        for (; asked_ < due; ++asked_) waiting_.push_back(at);
        for (auto& sender : senders_) {
            if (waiting_.empty()) return;
            if (sender.busy) continue;
            const auto request = notifications_.request(sent_++);
            const auto taken = ::send(sender.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
            if (taken != static_cast<ssize_t>(request.size())) {
                open(sender);
                continue;
            }
            sender.due = waiting_.front();
            sender.busy = true;
            waiting_.pop_front();
        }
    }
    void take_answer(std::uint64_t tag, Time at) {
        auto& sender = senders_[tag - tag_];
        std::array<char, 4096> buffer;
        const auto got = ::read(sender.socket.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            if (sender.busy) ++by_status_[0];
            return open(sender);
        }
        sender.received.append(buffer.data(), static_cast<std::size_t>(got));
        const auto answer = read_answer(sender.received);
        if (answer.size == 0) return;
        sender.received.erase(0, answer.size);
        sender.busy = false;
        answered_.add(at - sender.due);
        ++by_status_[answer.status];
    }

    const Histogram& answered() const { return answered_; }
    const std::map<unsigned, std::uint64_t>& by_status() const { return by_status_; }  ///< 0: no answer came
    std::uint64_t unsent() const { return waiting_.size(); }

private:
    struct Sender {
        Descriptor socket;
        std::string received;
        Time due;
        bool busy = false;
    };

    void open(Sender& sender) {
        sender = {connect_to(address_), {}, {}, false};
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = tag_ + static_cast<std::uint64_t>(&sender - senders_.data());
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, sender.socket.get(), &event) != 0) fail("epoll_ctl");
    }

    Address address_;
    Notifications notifications_;
    double rate_;
    int epoll_;
    std::uint64_t tag_;
    Time began_;
    std::uint64_t asked_ = 0, sent_ = 0;
    std::deque<Time> waiting_;
    std::vector<Sender> senders_;
    Histogram answered_;
    std::map<unsigned, std::uint64_t> by_status_;
};

/// What a process holds in memory now, in MB; 0 where it can't be told.
double resident_mb(unsigned pid) {
    if (pid == 0) return 0;
    std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string word; status >> word;)
        if (word == "VmRSS:") {
            double kb = 0;
            status >> kb;
            return kb / 1024;
        }
    throw std::runtime_error("no process " + std::to_string(pid) + " to look at");
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) fail("setrlimit");
}

std::string listed(const std::map<unsigned, std::uint64_t>& by_status) {
    std::string text;
    for (const auto& [status, count] : by_status)
        text += (text.empty() ? "" : ", ") + std::to_string(count) +
                (status == 0 ? " without an answer" : " answered " + std::to_string(status));
    return text.empty() ? "none" : text;
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
    const auto address = resolve(*url);
    const auto notifications = [&](const std::string& target, std::uint64_t seed) {
        return Notifications{{url->host_field(), target, settings.company_key, settings.products, seed}};
    };

    const Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (epoll.get() < 0) fail("epoll_create1");
    const double before_mb = resident_mb(settings.pid);
    Stream genuine{address, notifications(url->path, settings.seed), settings.rate, epoll.get(), 0};
    Stream hints{address, notifications(without_secret(url->path), settings.seed + 1), settings.hints, epoll.get(),
                 hints_tag};
    SlowCrowd crowd{address, url->host_field(), without_secret(url->path), settings.slow, epoll.get(), crowd_tag};
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
    for (auto at = began; at < end || (at < patience && genuine.unsent() > 0); at = now()) {
        const int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        at = now();
        for (int i = 0; i < ready; ++i) {
            const auto tag = events[static_cast<std::size_t>(i)].data.u64;
            if (tag >= crowd_tag)
                crowd.notice(tag);
            else
                (tag >= hints_tag ? hints : genuine).take_answer(tag, at);
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
    const auto& statuses = genuine.by_status();
    const auto good = statuses.find(200);
    return genuine.unsent() == 0 && good != statuses.end() && statuses.size() == 1;
}

}  // namespace stockcast::bench
