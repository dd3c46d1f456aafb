#include "stockcast/net/byte_stream.hpp"

#include "net/stream_io.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <array>
#include <vector>

namespace stockcast {

error_code stream_io::rename(error_code ec) {
    if (ec == asio::error::operation_aborted) return Errc::stopping;
    if (ec == asio::error::eof || ec == asio::error::connection_reset || ec == asio::error::broken_pipe ||
        ec == asio::error::connection_aborted || ec == asio::error::not_connected ||
        ec == asio::error::bad_descriptor || ec == asio::ssl::error::stream_truncated)
        return Errc::closed;
    return ec;
}

asio::awaitable<Result<std::size_t>> read_some(ByteStream& stream, asio::mutable_buffer into) {
    auto [ec, count] = co_await stream_io::read(stream, into, as_value);
    if (ec) co_return stream_io::rename(ec);
    co_return count;
}

asio::awaitable<Result<void>> write_all(ByteStream& stream, std::span<const asio::const_buffer> from) {
    std::vector<asio::const_buffer> rest{from.begin(), from.end()};
    std::size_t next = 0;
    while (next < rest.size()) {
        if (rest[next].size() == 0) {
            ++next;
            continue;
        }
        const std::span<const asio::const_buffer> unsent{rest.data() + next, rest.size() - next};
        auto [ec, count] = co_await stream_io::write(stream, unsent, as_value);
        if (ec) co_return stream_io::rename(ec);

        while (next < rest.size() && count >= rest[next].size()) count -= rest[next++].size();
        if (count > 0) rest[next] += count;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> write_all(ByteStream& stream, std::string_view bytes) {
    const std::array<asio::const_buffer, 1> whole{asio::buffer(bytes)};
    co_return co_await write_all(stream, std::span<const asio::const_buffer>{whole});
}

asio::awaitable<Result<void>> shutdown(ByteStream& stream) {
    auto [ec, ignored] = co_await stream_io::initiate(
        [&stream](ByteStream::Done done) { stream.start_shutdown(std::move(done)); }, as_value);
    (void)ignored;
    if (ec) co_return stream_io::rename(ec);
    co_return Result<void>{};
}

}  // namespace stockcast
