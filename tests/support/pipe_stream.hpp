#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace stockcast::test {

/// One end of a connection in memory: give it to the code under test as its ByteStream, or play the other side with the
/// calls below, which never wait. Completions are posted, reads and waits can be cancelled, and a write waits while
/// `capacity` bytes of the direction are unread: a client that does not read is one whose end nobody takes from.
class PipeStream final : public ByteStream {
public:
    using Pair = std::pair<std::unique_ptr<PipeStream>, std::unique_ptr<PipeStream>>;
    static Pair make(asio::any_io_executor executor, std::size_t capacity = 64 * 1024);
    /// The ends belong to two processes: each one's completions are posted on its own executor.
    static Pair make(asio::any_io_executor first, asio::any_io_executor second, std::size_t capacity);
    ~PipeStream() override;

    asio::any_io_executor get_executor() override { return executor_; }
    void start_read(asio::mutable_buffer into, Done done) override;
    void start_write(std::span<const asio::const_buffer> from, Done done) override;
    std::size_t read_now(asio::mutable_buffer into, error_code& ec) override;
    std::size_t write_now(std::span<const asio::const_buffer> from) override;
    std::size_t unacknowledged() noexcept override;
    std::chrono::milliseconds without_room() noexcept override;
    void close() noexcept override;
    void start_shutdown(Done done) override;
    std::string peer_address() const override { return "192.0.2.1"; }
    bool is_secure() const override { return false; }

    /// Sends `bytes` whatever the capacity.
    void put(std::string_view bytes);
    /// Ends this end's sending, as a half-close does.
    void put_end();
    /// What the other end's `without_room` answers from now on.
    void have_had_room(std::chrono::milliseconds ago);
    /// Everything that has come and was not taken yet; makes room for the other end.
    std::string take();
    /// Whether the other end has closed or ended its sending, and all of it was taken.
    bool is_ended() const;
    /// Whether nobody holds the other end any more.
    bool is_alone() const;

private:
    struct Direction;
    PipeStream(asio::any_io_executor executor, std::shared_ptr<Direction> in, std::shared_ptr<Direction> out);

    asio::any_io_executor executor_;
    std::shared_ptr<Direction> in_;
    std::shared_ptr<Direction> out_;
};

}  // namespace stockcast::test
