#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace stockcast {

/// A connection's two directions of bytes: TCP, TLS over TCP, or the simulation's pipe. One read and one write may be
/// under way at a time. Virtual, so that Beast's and our protocol code is compiled for one type only.
class ByteStream {
public:
    using Done = asio::any_completion_handler<void(error_code, std::size_t)>;

    virtual ~ByteStream() = default;
    virtual asio::any_io_executor get_executor() = 0;
    /// At least one byte, or an error (`asio::error::eof` when the peer ended). Reacts to its handler's cancellation
    /// slot; the stream can still be used. An empty `into` completes with 0 once there is something to read (over TLS
    /// perhaps not yet a whole byte of ours), so that an idle connection needs no buffer.
    virtual void start_read(asio::mutable_buffer into, Done done) = 0;
    /// What has come, without waiting; 0 without an error: nothing yet. Only while no read is under way.
    virtual std::size_t read_now(asio::mutable_buffer, error_code&) { return 0; }
    /// Some of `from`, gathered into one write (one TLS record where TLS is on) as far as that goes. After a cancelled
    /// one half a record may be out: close.
    virtual void start_write(std::span<const asio::const_buffer> from, Done done) = 0;
    /// What the other end takes of `from` at once, gathered as in start_write: how many bytes. 0: nothing for now, or an
    /// error that the next start_write tells. Only while no write is under way. The first `must_follow` bytes of what was
    /// not taken have to be the first that is written next, since TLS may have begun a record with them.
    virtual std::size_t write_now(std::span<const asio::const_buffer>) { return 0; }
    virtual std::size_t must_follow() const { return 0; }
    /// Bounds what the kernel keeps of what was written and the other end has not taken.
    virtual void bound_unsent(std::size_t) noexcept {}
    /// Written, and not yet acknowledged by the other end's system, as far as that is known.
    virtual std::size_t unacknowledged() noexcept { return 0; }
    /// How long ago the other end's system last said that it has room for more; max: it has none, or that isn't known.
    /// Where it has, what is not acknowledged was lost on the way, and is sent again when our system thinks fit: after a
    /// long stall up to two minutes later (RFC 6298's back-off).
    virtual std::chrono::milliseconds without_room() noexcept { return std::chrono::milliseconds::max(); }
    /// Ends both directions at once; pending operations complete with an error. Twice is harmless.
    virtual void close() noexcept = 0;
    /// A half-close of the sending side; over TLS our goodbye before it, and the wait for the other end's close, with
    /// what it still sends read away. Bounded by the caller with `within`.
    virtual void start_shutdown(Done done) = 0;
    /// `203.0.113.7`: the peer, without port; empty when unknown.
    virtual std::string peer_address() const = 0;
    virtual bool is_secure() const = 0;
};

/// Errors are renamed: `closed` (ended, reset), `stopping` (cancelled), else the system's code.
asio::awaitable<Result<std::size_t>> read_some(ByteStream& stream, asio::mutable_buffer into);
/// All of it. Errors as read_some. The buffers must outlive the write.
asio::awaitable<Result<void>> write_all(ByteStream& stream, std::span<const asio::const_buffer> from);
asio::awaitable<Result<void>> write_all(ByteStream& stream, std::string_view bytes);
asio::awaitable<Result<void>> shutdown(ByteStream& stream);

}  // namespace stockcast
