#include "bench/closed_loop.hpp"

#include "bench/time.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

namespace stockcast::bench {
namespace {

struct Connection {
    Descriptor socket;
    std::string unsent;  ///< of the request under way, when the socket was full
    std::string received;
    Time sent_at;
};

class ClosedLoop {
public:
    ClosedLoop(const Address& address, const LoopSettings& settings, const std::function<std::string_view()>& next)
        : settings_(settings), next_(next), epoll_(new_epoll()), connections_(settings.connections) {
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            connections_[i].socket = connect_to(address);
            watch(i, EPOLL_CTL_ADD, EPOLLIN);
        }
    }

    LoopResult run() {
        const auto measure_from = now() + settings_.warm_up;
        const auto end = measure_from + settings_.measured;
        for (std::size_t i = 0; i < connections_.size(); ++i) send_next(i);
        std::array<epoll_event, 256> events;
        for (;;) {
            const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 30'000);
            if (ready < 0 && errno != EINTR) fail("epoll_wait");
            if (ready == 0) throw std::runtime_error("no answer for 30 s");
            // One look at the clock for all that is ready: it is as old as the oldest of them, at most some
            // microseconds.
            const auto at = now();
            if (at >= end) {
                result_.seconds = std::chrono::duration<double>(at - measure_from).count();
                return std::move(result_);
            }
            for (int i = 0; i < ready; ++i) handle(events[static_cast<std::size_t>(i)], at, at >= measure_from);
        }
    }

private:
    void watch(std::size_t index, int operation, std::uint32_t what) {
        epoll_event event{};
        event.events = what;
        event.data.u64 = index;
        if (::epoll_ctl(epoll_.get(), operation, connections_[index].socket.get(), &event) != 0) fail("epoll_ctl");
    }

    void handle(const epoll_event& event, Time at, bool measured) {
        const auto index = static_cast<std::size_t>(event.data.u64);
        if ((event.events & EPOLLOUT) != 0) {
            flush(index);
            return;
        }
        auto& connection = connections_[index];
        const auto got = ::read(connection.socket.get(), buffer_.data(), buffer_.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got < 0) fail("read");
        if (got == 0) throw std::runtime_error("the server closed a connection");
        std::string_view bytes{buffer_.data(), static_cast<std::size_t>(got)};
        if (!connection.received.empty()) {
            connection.received += bytes;
            bytes = connection.received;
        }
        const auto answer = read_answer(bytes);
        if (answer.size == 0) {
            if (connection.received.empty()) connection.received = bytes;
            return;
        }
        connection.received.clear();
        if (measured) {
            result_.answered.add(at - connection.sent_at);
            ++result_.by_status[answer.status];
        }
        send_next(index);
    }

    void send_next(std::size_t index) {
        auto& connection = connections_[index];
        const auto request = next_();
        connection.sent_at = now();
        const auto sent = ::send(connection.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) fail("send");
        const auto taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
        if (taken == request.size()) return;
        connection.unsent = request.substr(taken);
        watch(index, EPOLL_CTL_MOD, EPOLLOUT);
    }

    void flush(std::size_t index) {
        auto& unsent = connections_[index].unsent;
        const auto sent = ::send(connections_[index].socket.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) fail("send");
        unsent.erase(0, static_cast<std::size_t>(sent));
        if (unsent.empty()) watch(index, EPOLL_CTL_MOD, EPOLLIN);
    }

    const LoopSettings& settings_;
    const std::function<std::string_view()>& next_;
    Descriptor epoll_;
    std::vector<Connection> connections_;
    std::array<char, 64 * 1024> buffer_;
    LoopResult result_;
};

}  // namespace

std::uint64_t LoopResult::refused() const {
    std::uint64_t count = 0;
    for (const auto& [status, times] : by_status)
        if (status < 200 || status > 299) count += times;
    return count;
}

LoopResult run_closed_loop(const Address& address, const LoopSettings& settings,
                           const std::function<std::string_view()>& next) {
    return ClosedLoop{address, settings, next}.run();
}

std::uint64_t send_each_once(const Address& address, Notifications& notifications, unsigned products) {
    std::uint64_t n = 0;
    while (n < products) {
        const auto made = run_closed_loop(address, {8, std::chrono::milliseconds{0}, std::chrono::milliseconds{100}},
                                          [&] { return notifications.request(n++); });
        if (made.refused() > 0)
            throw std::runtime_error("notifications are answered " + std::to_string(made.by_status.rbegin()->first));
    }
    return n;
}

}  // namespace stockcast::bench
