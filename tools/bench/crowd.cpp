#include "bench/crowd.hpp"

#include <stdexcept>
#include <sys/epoll.h>

namespace stockcast::bench {

Subscribers::Settings subscribers_of(const CrowdSettings& settings, const std::string& url, const std::string& query) {
    const auto parsed = parsed_url(url);
    Subscribers::Settings subscribers;
    subscribers.target = target_of(parsed, settings.ca);
    subscribers.transport = transport_named(settings.transport);
    subscribers.path = parsed.path.empty() ? usual_path(subscribers.transport) + query : parsed.path;
    subscribers.token = settings.token;
    subscribers.count = settings.clients;
    return subscribers;
}

std::string server_of(const HttpUrl& url) {
    return (url.endpoint.secure ? "https://" : "http://") + url.host_field();
}

HttpUrl parsed_url(const std::string& text) {
    auto url = HttpUrl::parse(text);
    if (!url) throw std::runtime_error("the URL is no http:// or https:// address");
    return *std::move(url);
}

Descriptor new_epoll() {
    Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (epoll.get() < 0) fail("epoll_create1");
    return epoll;
}

void Watch::begin() {
    at_ = now();
    if (!is_on()) return;
    memory_ = memory_of(pid_);
    cpu_ = cpu_time_of(pid_);
}

std::chrono::nanoseconds Watch::cpu() const {
    return is_on() ? cpu_time_of(pid_) - cpu_ : std::chrono::nanoseconds{};
}

double Watch::core_share() const {
    return std::chrono::duration<double>(cpu()) / std::chrono::duration<double>(now() - at_);
}

double Watch::resident_growth_kb() const {
    return is_on() ? static_cast<double>(memory_of(pid_).resident_kb) - static_cast<double>(memory_.resident_kb) : 0;
}

double Watch::proportional_growth_kb() const {
    return is_on() ? static_cast<double>(memory_of(pid_).proportional_kb) - static_cast<double>(memory_.proportional_kb)
                   : 0;
}

std::string shown_crowd(const Subscribers::Settings& settings) {
    const auto* transport = settings.transport == Transport::websocket ? "WebSocket"
                            : settings.transport == Transport::events  ? "Server-Sent Events"
                                                                       : "Socket.IO";
    return std::to_string(settings.count) + (settings.count == 1 ? " client" : " clients") + " over " + transport +
           (settings.target.tls ? ", TLS" : "");
}

}  // namespace stockcast::bench
