#include "bench/crowd.hpp"

#include <cstdio>
#include <stdexcept>

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

std::string shown_flaws(const Deliveries& deliveries) {
    return std::to_string(deliveries.missing()) + " missing, " + std::to_string(deliveries.doubled()) + " double, " +
           std::to_string(deliveries.reordered()) + " out of order";
}

double milliseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

FigureLine& FigureLine::add(const std::string& name, double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.6g", value);
    members_ += (members_.empty() ? "\"" : ", \"") + name + "\": " + text;
    return *this;
}

void FigureLine::print() const {
    std::printf("{%s}\n", members_.c_str());
}

}  // namespace stockcast::bench
