#include "e2e/event_stream.hpp"

#include "e2e/loopback.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <stdexcept>

namespace stockcast::e2e {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

EventStream::Event event_of(std::string_view block) {
    EventStream::Event event;
    std::string data;
    while (!block.empty()) {
        const auto line = block.substr(0, block.find('\n'));
        block.remove_prefix(line.size() + 1);
        const auto colon = line.find(": ");
        const auto name = line.substr(0, colon);
        const std::string value{line.substr(std::min(colon + 2, line.size()))};
        if (name == "event")
            event.type = value;
        else if (name == "id")
            event.id = value;
        else if (name == "data")
            data = value;
        else if (name != "retry")
            throw std::runtime_error("a line that no server sends: " + std::string{line});
    }
    auto message = parse_json(data);
    if (!message || text_of(*message, "type") != event.type) throw std::runtime_error("not an event: " + data);
    event.message = std::move(*message);
    return event;
}

}  // namespace

struct EventStream::Impl {
    asio::io_context io;
    tcp::socket socket{io};
    beast::flat_buffer buffer;
    Answer head;
    std::string unread;
    std::array<char, 16384> incoming{};
    bool reading = false;
    bool arrived = false;
    bool ended = false;
    std::string last_id;

    bool take_head() {
        bool done = false;
        http::response_parser<http::empty_body> parser;
        http::async_read_header(socket, buffer, parser, [&](error_code failed, std::size_t) {
            ended = failed.failed();
            done = true;
        });
        if (!run_until(io, done, std::chrono::seconds{30})) return false;
        head = head_taken(parser.get());
        unread = beast::buffers_to_string(buffer.data());
        return !ended;
    }

    /// More bytes came.
    bool read_on(std::chrono::milliseconds limit) {
        if (!reading) {
            reading = true;
            arrived = false;
            // It stays under way when the time is up; the next call goes on waiting for it.
            socket.async_read_some(asio::buffer(incoming), [this](error_code failed, std::size_t count) {
                arrived = true;
                ended = failed.failed();
                unread.append(incoming.data(), count);
            });
        }
        if (!run_until(io, arrived, limit)) return false;
        reading = false;
        return !ended;
    }
};

EventStream::EventStream(std::uint16_t port, const std::string& target, Options options)
    : impl_(std::make_unique<Impl>()) {
    auto& socket = impl_->socket;
    socket.open(tcp::v4());
    if (options.receive_buffer > 0) socket.set_option(tcp::socket::receive_buffer_size{options.receive_buffer});
    socket.connect(loopback(port));
    std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n";
    for (const auto& [name, value] : options.fields) request.append(name).append(": ").append(value).append("\r\n");
    asio::write(socket, asio::buffer(request + "\r\n"));
    if (!impl_->take_head()) throw std::runtime_error("no answer came");
}

EventStream::~EventStream() {
    error_code ignored;
    impl_->socket.close(ignored);
    impl_->io.restart();
    impl_->io.run();
}

const Answer& EventStream::head() const {
    return impl_->head;
}
const std::string& EventStream::last_id() const {
    return impl_->last_id;
}
bool EventStream::has_ended() const {
    return impl_->ended;
}

std::optional<EventStream::Event> EventStream::next(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
        if (const auto end = impl_->unread.find("\n\n"); end != std::string::npos) {
            auto event = event_of(std::string_view{impl_->unread}.substr(0, end + 1));
            impl_->unread.erase(0, end + 2);
            if (!event.id.empty()) impl_->last_id = event.id;
            return event;
        }
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (impl_->ended || !impl_->read_on(left)) return std::nullopt;
    }
}

std::optional<EventStream::Event> EventStream::next_of(std::string_view type, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (auto event =
               next(std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now())))
        if (event->type == type) return event;
    return std::nullopt;
}

}  // namespace stockcast::e2e
