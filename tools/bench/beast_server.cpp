#include "bench/beast_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/system/system_error.hpp>

#include <deque>
#include <exception>
#include <memory>
#include <set>
#include <utility>

namespace stockcast::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using Tcp = asio::ip::tcp;

/// One WebSocket client. Beast allows one write at a time, so what comes meanwhile waits in a queue.
class Subscriber : public std::enable_shared_from_this<Subscriber> {
public:
    explicit Subscriber(Tcp::socket socket) : stream_(std::move(socket)) {}

    asio::awaitable<void> accept(const http::request<http::string_body>& request) {
        co_await stream_.async_accept(request, use_awaitable);
        stream_.text(true);
    }
    /// Until the client is gone.
    asio::awaitable<void> listen() {
        beast::flat_buffer buffer;
        for (;;) {
            co_await stream_.async_read(buffer, use_awaitable);
            buffer.consume(buffer.size());
        }
    }
    void send(const std::shared_ptr<const std::string>& message) {
        queue_.push_back(message);
        if (queue_.size() == 1) write();
    }

private:
    void write() {
        stream_.async_write(asio::buffer(*queue_.front()),
                            [self = shared_from_this()](beast::error_code ec, std::size_t) {
                                self->queue_.pop_front();
                                if (!ec && !self->queue_.empty()) self->write();
                            });
    }

    beast::websocket::stream<Tcp::socket> stream_;
    std::deque<std::shared_ptr<const std::string>> queue_;
};

using Subscribers = std::set<std::shared_ptr<Subscriber>>;

asio::awaitable<void> subscribe(Tcp::socket socket, http::request<http::string_body> request, Subscribers& all) {
    const auto subscriber = std::make_shared<Subscriber>(std::move(socket));
    co_await subscriber->accept(request);
    all.insert(subscriber);
    try {
        co_await subscriber->listen();
    } catch (const boost::system::system_error&) {  // gone
    }
    all.erase(subscriber);
}

asio::awaitable<void> converse(Tcp::socket socket, Subscribers& all) {
    socket.set_option(Tcp::no_delay{true});
    beast::flat_buffer buffer;
    for (;;) {
        http::request<http::string_body> request;
        co_await http::async_read(socket, buffer, request, use_awaitable);
        if (beast::websocket::is_upgrade(request))
            co_return co_await subscribe(std::move(socket), std::move(request), all);

        const auto message = std::make_shared<const std::string>(std::move(request.body()));
        for (const auto& subscriber : all) subscriber->send(message);
        http::response<http::empty_body> answer{http::status::ok, request.version()};
        answer.prepare_payload();
        co_await http::async_write(socket, answer, use_awaitable);
    }
}

asio::awaitable<void> accept_all(Tcp::acceptor& acceptor, Subscribers& all) {
    for (;;) {
        auto socket = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(acceptor.get_executor(), converse(std::move(socket), all), [](const std::exception_ptr&) {});
    }
}

void serve(int core, const Child::TellPort& tell_port) {
    stay_on_core(core);
    asio::io_context io{1};
    Tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    Subscribers all;
    asio::co_spawn(io, accept_all(acceptor, all), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    tell_port(acceptor.local_endpoint().port());
    io.run();
}

}  // namespace

std::unique_ptr<Child> start_beast_server(int core) {
    return std::make_unique<Child>("the Beast server",
                                   [core](const Child::TellPort& tell_port) { serve(core, tell_port); });
}

}  // namespace stockcast::bench
