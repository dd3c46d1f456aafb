#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace stockcast::test {

/// A client that reads everything and says nothing until it goes away. The other end is kept by the test, since the
/// server owns the stream itself.
class ScriptedStream final : public ByteStream {
public:
    struct Client {
        std::string received;
        bool closed = false;
        std::optional<Done> reading;  // emplaced: in Boost 1.81 the handler's move assignment calls itself for ever
        void leave() {
            if (!reading) return;
            Done done{*std::move(reading)};
            reading.reset();
            done(error_code{asio::error::eof}, std::size_t{0});
        }
    };

    ScriptedStream(asio::any_io_executor executor, std::shared_ptr<Client> client)
        : executor_(std::move(executor)), client_(std::move(client)) {}

    asio::any_io_executor get_executor() override { return executor_; }
    void start_read(asio::mutable_buffer, Done done) override { client_->reading.emplace(std::move(done)); }
    void start_write(std::span<const asio::const_buffer> from, Done done) override {
        std::size_t bytes = 0;
        for (const auto& part : from) {
            client_->received.append(static_cast<const char*>(part.data()), part.size());
            bytes += part.size();
        }
        asio::post(executor_, [done = std::move(done), bytes]() mutable { done(error_code{}, bytes); });
    }
    void close() noexcept override {
        client_->closed = true;
        asio::post(executor_, [client = client_] { client->leave(); });
    }
    void start_shutdown(Done done) override {
        asio::post(executor_, [done = std::move(done)]() mutable { done(error_code{}, std::size_t{0}); });
    }
    std::string peer_address() const override { return "203.0.113.7"; }
    bool is_secure() const override { return false; }

private:
    asio::any_io_executor executor_;
    std::shared_ptr<Client> client_;
};

}  // namespace stockcast::test
