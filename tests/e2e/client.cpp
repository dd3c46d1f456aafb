#include "e2e/client.hpp"

#include "e2e/loopback.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <stdexcept>

namespace stockcast::e2e {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

}  // namespace

Json Answer::json() const {
    auto parsed = parse_json(body, {.bytes = 64u << 20});
    return parsed ? std::move(*parsed) : Json{};
}

struct Connection::Impl {
    asio::io_context io;
    tcp::socket socket{io};
    beast::flat_buffer buffer;
};

Connection::Connection(std::uint16_t port) : impl_(std::make_unique<Impl>()) {
    error_code refused;
    impl_->socket.connect(loopback(port), refused);  // a refused one shows at the call
}
Connection::~Connection() = default;

Answer Connection::call(const Call& request, std::chrono::milliseconds limit) {
    http::request<http::string_body> message;
    message.method_string(request.method);
    message.target(request.target);
    message.version(11);
    message.set(http::field::host, "127.0.0.1");
    for (const auto& [name, value] : request.fields) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();

    bool done = false;
    error_code failed;
    http::response_parser<http::string_body> parser;
    parser.body_limit(256u << 20);
    if (request.method == "HEAD") parser.skip(true);
    http::async_write(impl_->socket, message, [&](error_code, std::size_t) {
        http::async_read(impl_->socket, impl_->buffer, parser, [&](error_code ec, std::size_t) {
            failed = ec;
            done = true;
        });
    });
    if (!run_until(impl_->io, done, limit)) {
        error_code ignored;
        impl_->socket.close(ignored);
        while (!done && impl_->io.run_one()) {
        }
        return {};
    }
    if (failed) return {};
    auto answer = head_taken(parser.get());
    answer.body = parser.get().body();
    return answer;
}

Answer call(std::uint16_t port, const Call& request, std::chrono::milliseconds limit) {
    Connection connection{port};
    return connection.call(request, limit);
}

std::string raw_exchange(std::uint16_t port, std::string_view bytes, std::chrono::milliseconds limit) {
    asio::io_context io;
    tcp::socket socket{io};
    error_code failed;
    socket.connect(loopback(port), failed);
    if (failed) return {};
    std::string received;
    bool done = false;
    asio::async_write(socket, asio::buffer(bytes), [](error_code, std::size_t) {});
    asio::async_read(socket, asio::dynamic_buffer(received), [&](error_code, std::size_t) { done = true; });
    run_until(io, done, limit);
    socket.close(failed);
    io.restart();
    io.run();
    return received;
}

struct WebSocket::Impl {
    asio::io_context io;
    beast::websocket::stream<tcp::socket> stream{io};
    beast::flat_buffer buffer;
    bool reading = false;
    bool arrived = false;
    bool ended = false;
};

WebSocket::WebSocket(std::uint16_t port, const std::string& target, const std::string& token)
    : impl_(std::make_unique<Impl>()) {
    impl_->stream.next_layer().connect(loopback(port));
    impl_->stream.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
        if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
    }));
    beast::websocket::response_type answer;
    error_code failed;
    impl_->stream.handshake(answer, "127.0.0.1:" + std::to_string(port), target, failed);
    if (failed) throw std::runtime_error("handshake refused: " + std::to_string(answer.result_int()));
}

WebSocket::~WebSocket() {
    error_code ignored;
    impl_->stream.next_layer().close(ignored);
    impl_->io.restart();
    impl_->io.run();
}

std::optional<Json> WebSocket::next(std::chrono::milliseconds limit) {
    if (impl_->ended) return std::nullopt;
    if (!impl_->reading) {
        impl_->reading = true;
        impl_->arrived = false;
        impl_->buffer.clear();
        // The operation stays under way when the time is up; the next call goes on waiting for it.
        impl_->stream.async_read(impl_->buffer, [impl = impl_.get()](error_code failed, std::size_t) {
            impl->arrived = true;
            impl->ended = failed.failed();
        });
    }
    if (!run_until(impl_->io, impl_->arrived, limit)) return std::nullopt;
    impl_->reading = false;
    if (impl_->ended) return std::nullopt;
    auto message = parse_json(beast::buffers_to_string(impl_->buffer.data()));
    if (!message) throw std::runtime_error("a frame that is no JSON");
    return std::move(*message);
}

std::optional<Json> WebSocket::next_of(std::string_view type, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (auto message =
               next(std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now())))
        if (text_of(*message, "type") == type) return message;
    return std::nullopt;
}

void WebSocket::send(const std::string& text) {
    impl_->stream.write(asio::buffer(text));
}

std::optional<std::uint16_t> WebSocket::closed(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!impl_->ended && std::chrono::steady_clock::now() < end)
        next(std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()));
    if (!impl_->ended) return std::nullopt;
    return static_cast<std::uint16_t>(impl_->stream.reason().code);
}

std::string text_of(const Json& object, std::string_view member) {
    const Json* value = object.find(member);
    if (!value) return {};
    if (const auto* text = value->if_string()) return *text;
    return to_text(*value);
}

}  // namespace stockcast::e2e
