#include "e2e/receiver.hpp"

#include "e2e/process.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <cctype>
#include <thread>

namespace stockcast::e2e {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

struct Receiver::Impl {
    asio::io_context io;
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    std::atomic<bool> stopping = false;
    std::thread thread;
};

Receiver::Receiver() : impl_(std::make_unique<Impl>()) {
    impl_->thread = std::thread{[this] { serve(); }};
}

Receiver::~Receiver() {
    impl_->stopping = true;
    tcp::socket knock{impl_->io};  // wakes the thread from its accept
    boost::system::error_code ignored;
    knock.connect(impl_->acceptor.local_endpoint(), ignored);
    knock.close(ignored);
    impl_->thread.join();
}

std::uint16_t Receiver::port() const {
    return impl_->acceptor.local_endpoint().port();
}

void Receiver::serve() {
    for (;;) {
        tcp::socket socket{impl_->io};
        boost::system::error_code failed;
        impl_->acceptor.accept(socket, failed);
        if (failed || impl_->stopping) return;

        beast::flat_buffer buffer;
        http::request<http::string_body> request;
        http::read(socket, buffer, request, failed);
        if (failed) continue;
        Call call{std::string{request.method_string()}, std::string{request.target()}, {}, request.body()};
        for (const auto& field : request) {
            std::string name{field.name_string()};
            std::ranges::transform(name, name.begin(),
                                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            call.fields[name] = std::string{field.value()};
        }
        http::response<http::empty_body> answer{static_cast<http::status>(status_.load()), 11};
        answer.keep_alive(false);
        answer.prepare_payload();
        {
            const std::lock_guard lock{mutex_};
            received_.push_back(std::move(call));
        }
        http::write(socket, answer, failed);
    }
}

std::vector<Call> Receiver::received() const {
    const std::lock_guard lock{mutex_};
    return received_;
}

std::optional<Call> Receiver::wait_for(const std::string& part) {
    std::optional<Call> found;
    eventually([&] {
        for (const auto& call : received())
            if (call.body.find(part) != std::string::npos) {
                found = call;
                break;
            }
        return found.has_value();
    });
    return found;
}

}  // namespace stockcast::e2e
