#include "bench/subscribers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <sys/epoll.h>
#include <utility>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t connecting_max = 100;
constexpr std::size_t buffer_bytes = std::size_t{256} << 10;

FrameReader::Format format_of(Transport transport) {
    return transport == Transport::events ? FrameReader::Format::events : FrameReader::Format::websocket;
}

std::string request_of(const Subscribers::Settings& settings) {
    std::string request = "GET " + settings.path + " HTTP/1.1\r\nHost: " + settings.target.host_field + "\r\n";
    if (settings.transport == Transport::events)
        request += "Accept: text/event-stream\r\n";
    else
        request +=
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: c3RvY2tjYXN0LWJlbmNoIQ==\r\n";
    if (!settings.token.empty()) request += "Authorization: Bearer " + settings.token + "\r\n";
    return request + "\r\n";
}

/// Of a close frame (a code in two bytes, then text) or a closing event.
std::string reason_of(std::string_view payload) {
    if (payload.starts_with('{')) return ": " + std::string{payload};
    if (payload.size() < 2) return "";
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(payload[at]); };
    return ": " + std::to_string(byte(0) << 8U | byte(1)) + " " + std::string{payload.substr(2)};
}

}  // namespace

std::string usual_path(Transport transport) {
    switch (transport) {
        case Transport::websocket: return "/ws";
        case Transport::events: return "/api/events";
        case Transport::socket_io: break;
    }
    return "/socket.io/?EIO=4&transport=websocket";
}

Transport transport_named(const std::string& name) {
    return name == "ws" ? Transport::websocket : name == "sse" ? Transport::events : Transport::socket_io;
}

Subscribers::Subscribers(Settings settings, Take take)
    : settings_(std::move(settings)),
      request_(request_of(settings_)),
      epoll_(new_epoll()),
      take_(std::move(take)),
      buffer_(buffer_bytes) {
    clients_.reserve(settings_.count);
}

void Subscribers::connect_more() {
    while (clients_.size() < settings_.count && clients_.size() - watching_ < connecting_max) {
        const auto index = clients_.size();
        clients_.push_back({Link{settings_.target,
                                 {.client = settings_.first_number + index,
                                  .receive_buffer = settings_.receive_buffer,
                                  .epoll = epoll_.get(),
                                  .tag = index}},
                            FrameReader{format_of(settings_.transport)},
                            false,
                            {}});
        clients_.back().link.write(request_);
    }
}

void Subscribers::connect_all() {
    const auto end = now() + 60s;
    while (!all_watch()) {
        connect_more();
        read_some(1s);
        if (now() > end) throw std::runtime_error("the streams did not open within a minute");
    }
}

void Subscribers::read_some(std::chrono::milliseconds limit, std::size_t at_once) {
    std::array<epoll_event, at_once_max> events;
    const auto patience = static_cast<int>(limit.count());
    const auto size = static_cast<int>(std::min(at_once, events.size()));
    const int ready = ::epoll_wait(epoll_.get(), events.data(), size, patience);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < ready; ++i) read(events[static_cast<std::size_t>(i)].data.u64);
}

void Subscribers::read(std::size_t index) {
    auto& link = clients_[index].link;
    while (const auto got = link.read(buffer_)) {
        take(index, {buffer_.data(), got}, now());
        if (!link.may_have_more(got, buffer_.size())) return;
    }
}

void Subscribers::take(std::size_t index, std::string_view bytes, Time at) {
    auto& client = clients_[index];
    bytes_ += bytes.size();
    if (!client.is_answered && !take_head(client, bytes)) return;
    client.frames.take(bytes,
                       [&](FrameReader::Kind kind, std::string_view payload) { take_frame(index, kind, payload, at); });
}

/// True once it is whole; what follows it is left in `bytes`.
bool Subscribers::take_head(Client& client, std::string_view& bytes) {
    const auto before = client.head.size();
    client.head += bytes;
    const auto end = client.head.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    bytes.remove_prefix(end + 4 - before);
    const auto status = client.head.substr(0, client.head.find("\r\n"));
    const auto* good = settings_.transport == Transport::events ? "HTTP/1.1 200" : "HTTP/1.1 101";
    if (!status.starts_with(good))
        throw std::runtime_error("the stream was answered with " + status.substr(status.find(' ') + 1) +
                                 (status.find(" 401") == std::string::npos ? "" : ": give a token with --token"));
    client.head = {};
    client.is_answered = true;
    if (settings_.transport != Transport::socket_io) ++watching_;
    return true;
}

void Subscribers::take_frame(std::size_t index, FrameReader::Kind kind, std::string_view payload, Time at) {
    auto& client = clients_[index];
    switch (kind) {
        case FrameReader::Kind::text:
            if (settings_.transport != Transport::socket_io || take_of_socket_io(client, payload))
                take_(index, payload, at);
            return;
        case FrameReader::Kind::ping: return client.link.write(client_frame(ClientFrame::pong, payload));
        case FrameReader::Kind::close: throw std::runtime_error("the server ended a stream" + reason_of(payload));
        case FrameReader::Kind::other: return;
    }
}

/// Engine.IO 4 below Socket.IO 5: `0` opens, `2` pings, `40` answers our wish to join, `42` is a message.
bool Subscribers::take_of_socket_io(Client& client, std::string_view payload) {
    if (payload.starts_with("42")) return true;
    if (payload.starts_with("40")) ++watching_;
    if (payload.starts_with('0')) client.link.write(client_frame(ClientFrame::text, "40"));
    if (payload == "2") client.link.write(client_frame(ClientFrame::text, "3"));
    return false;
}

}  // namespace stockcast::bench
