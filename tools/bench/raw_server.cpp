#include "bench/raw_server.hpp"

#include "bench/disk.hpp"
#include "bench/socket.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace stockcast::bench {
namespace {

std::string websocket_frame(std::string_view payload) {
    std::string frame{static_cast<char>(0x81)};
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size());
    } else {
        frame += static_cast<char>(126);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xFFU);
    }
    return frame.append(payload);
}

std::string event(std::string_view payload) {
    return "event: stock_updated\ndata: " + std::string{payload} + "\n\n";
}

/// The child.
class RawLoop {
public:
    explicit RawLoop(const RawServerSettings& settings)
        : settings_(settings), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), epoll_(new_epoll()) {
        if (!settings.sync_in.empty()) file_.emplace(temporary_file_in(settings.sync_in));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
        if (::listen(listener_.get(), SOMAXCONN) != 0) fail("listen");
        watch_for_input(epoll_.get(), listener_.get(), static_cast<std::uint64_t>(listener_.get()));
    }

    std::uint16_t port() const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
            if (ready < 0 && errno != EINTR) fail("epoll_wait");
            for (int i = 0; i < ready; ++i) {
                const auto fd = static_cast<int>(events[static_cast<std::size_t>(i)].data.u64);
                if (fd == listener_.get())
                    accept_one();
                else
                    take(fd);
            }
            publish();
        }
    }

private:
    void accept_one() {
        Descriptor socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (socket.get() < 0) fail("accept4");
        const int fd = socket.get();
        watch_for_input(epoll_.get(), fd, static_cast<std::uint64_t>(fd));
        asking_[fd].socket = std::move(socket);
    }

    void take(int fd) {
        auto& asking = asking_.at(fd);
        std::array<char, 16'384> buffer;
        const auto got = ::read(fd, buffer.data(), buffer.size());
        if (got <= 0) {
            asking_.erase(fd);
            return;
        }
        asking.received.append(buffer.data(), static_cast<std::size_t>(got));
        const auto head = asking.received.find("\r\n\r\n");
        if (head == std::string::npos) return;
        if (asking.received.starts_with("GET ")) return subscribe(fd);
        constexpr std::string_view length_name = "Content-Length: ";
        const auto length_at = asking.received.find(length_name);
        if (length_at > head) throw std::runtime_error("a POST without a length");
        const auto body = head + 4;
        const auto size = std::stoul(asking.received.substr(length_at + length_name.size(), 10));
        if (asking.received.size() < body + size) return;
        posted_.push_back({fd, asking.received.substr(body, size)});
        asking.received.clear();
    }

    /// From now on nothing that it says is listened to.
    void subscribe(int fd) {
        auto asking = asking_.extract(fd);
        is_websocket_ = asking.mapped().received.find("\r\nUpgrade: websocket") != std::string::npos;
        send_whole(fd, is_websocket_ ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
                                     : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        subscribers_.push_back(std::move(asking.mapped().socket));
    }

    void publish() {
        std::string together;
        for (const auto& post : posted_) {
            if (file_ && (settings_.sending == RawServerSettings::Sending::each || together.empty())) sync(post.body);
            send_whole(post.from, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            together += is_websocket_ ? websocket_frame(post.body) : event(post.body);
            if (settings_.sending == RawServerSettings::Sending::joined) continue;
            send_to_all(together);
            together.clear();
        }
        if (!together.empty()) send_to_all(together);
        posted_.clear();
    }

    void sync(std::string_view bytes) {
        if (::write(file_->get(), bytes.data(), bytes.size()) < 0) fail("write");
        if (::fdatasync(file_->get()) != 0) fail("fdatasync");
    }

    void send_to_all(const std::string& bytes) {
        for (const auto& subscriber : subscribers_)
            ::send(subscriber.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);  // one that is gone is of no interest
    }

    struct Asking {
        Descriptor socket;
        std::string received;
    };
    struct Post {
        int from;
        std::string body;
    };

    const RawServerSettings& settings_;
    Descriptor listener_, epoll_;
    std::optional<Descriptor> file_;
    std::map<int, Asking> asking_;
    std::vector<Descriptor> subscribers_;
    std::vector<Post> posted_;
    bool is_websocket_ = true;
};

void serve(const RawServerSettings& settings, const Child::TellPort& tell_port) {
    stay_on_core(settings.core);
    RawLoop loop{settings};
    tell_port(loop.port());
    loop.run();
}

}  // namespace

std::unique_ptr<Child> start_raw_server(const RawServerSettings& settings) {
    return std::make_unique<Child>("the raw server",
                                   [&](const Child::TellPort& tell_port) { serve(settings, tell_port); });
}

}  // namespace stockcast::bench
