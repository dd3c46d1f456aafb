#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <utility>

/// ByteStream's operations as awaitables that keep the system's error: for code that must tell an orderly end
/// (`asio::error::eof`) from a cut (reset, TLS without its goodbye).
namespace stockcast::stream_io {

/// `start(handler)` as the operation behind any completion token.
template <class Start, class Token>
auto initiate(Start start, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [start = std::move(start)](auto handler) mutable { start(std::move(handler)); }, token);
}

template <class Token>
auto read(ByteStream& stream, asio::mutable_buffer into, Token&& token) {
    return initiate([&stream, into](ByteStream::Done done) { stream.start_read(into, std::move(done)); },
                    std::forward<Token>(token));
}

template <class Token>
auto write(ByteStream& stream, std::span<const asio::const_buffer> from, Token&& token) {
    return initiate([&stream, from](ByteStream::Done done) { stream.start_write(from, std::move(done)); },
                    std::forward<Token>(token));
}

/// The name our own code gives to what the system said.
error_code rename(error_code ec);

}  // namespace stockcast::stream_io
