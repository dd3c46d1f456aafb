// What HttpConnection sends: one answer, whole or piece by piece, and how the connection ends after it.
#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>

namespace stockcast {

namespace {

/// A body up to this long is copied behind its head: one buffer is cheaper to send than two.
constexpr std::size_t joined_body_max = std::size_t{16} * 1024;

bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

/// How the client learns where the body ends.
enum class Framing { none, length, chunks, close };

Framing framing_of(const HttpResponse& response, bool is_http_1_0) {
    if (has_no_body(response.status)) return Framing::none;
    if (!response.source) return Framing::length;
    return is_http_1_0 ? Framing::close : Framing::chunks;
}

std::string answer_head(const HttpResponse& response, std::string_view date, std::string_view connection,
                        Framing framing) {
    std::string out;
    out.reserve(512 + (response.body.size() <= joined_body_max ? response.body.size() : 0));
    append_status_line(out, response.status);
    append_field(out, "Date", date);
    if (!connection.empty()) append_field(out, "Connection", connection);
    for (const auto& [name, value] : response.fields.all()) append_field(out, name, value);
    if (framing == Framing::length) append_field(out, "Content-Length", std::to_string(response.body.size()));
    if (framing == Framing::chunks) append_field(out, "Transfer-Encoding", "chunked");
    out += "\r\n";
    return out;
}

/// The piece as a chunk (RFC 9112 §7.1), in one buffer: three would be three TLS records.
std::string as_chunk(std::string piece) {
    std::array<char, 18> line{};
    auto* const end = std::to_chars(line.data(), line.data() + 16, piece.size(), 16).ptr;
    piece.insert(0, std::string{line.data(), end} + "\r\n");
    piece += "\r\n";
    return piece;
}

}  // namespace

/// True: the connection is good for another request.
asio::awaitable<bool> HttpConnection::answer(HttpResponse response, bool keep, bool head_only) {
    if (terminated_) co_return false;
    const auto framing = framing_of(response, is_http_1_0_);
    keep = keep && !response.close && !stopping_ && (framing != Framing::close || head_only);
    const std::string_view connection = !keep ? "close" : is_http_1_0_ ? "keep-alive" : "";
    std::string head = answer_head(response, shared_.date(), connection, framing);
    Pace pace{shared_.limits.least_rate, shared_.limits.slack};

    bool sent = false;
    if (head_only || framing == Framing::none)
        sent = co_await send(std::move(head), {}, pace);
    else if (framing == Framing::length)
        sent = co_await send(std::move(head), response.body, pace);
    else
        sent = co_await send_pieces(std::move(head), std::move(response.source), pace);
    if (!sent) co_return false;
    if (!keep) co_await linger();
    co_return keep;
}

/// Sends `bytes` and `body` behind it.
asio::awaitable<bool> HttpConnection::send(std::string bytes, std::string_view body, Pace& pace) {
    enter(Phase::writing, pace.offer(shared_.clock.now(), bytes.size() + body.size()));
    Result<void> sent;
    if (body.size() > joined_body_max) {
        const std::array<asio::const_buffer, 2> both{asio::buffer(bytes), asio::buffer(body)};
        sent = co_await write_all(*stream_, std::span<const asio::const_buffer>{both});
    } else {
        bytes += body;
        sent = co_await write_all(*stream_, bytes);
    }
    pace.taken(shared_.clock.now());
    co_return sent.has_value();
}

/// False where the connection broke or the source failed: it then ends without the body's end, and the client sees that
/// it is cut.
asio::awaitable<bool> HttpConnection::send_pieces(std::string head, std::shared_ptr<BodySource> source, Pace& pace) {
    const bool chunked = !is_http_1_0_;
    for (;;) {
        enter(Phase::making);
        auto piece = co_await next_piece(*source);
        if (!piece || terminated_) co_return false;
        const bool at_end = piece->empty();
        std::string bytes = std::exchange(head, {});
        if (at_end)
            bytes += chunked ? "0\r\n\r\n" : "";
        else
            bytes += chunked ? as_chunk(*std::move(piece)) : *std::move(piece);
        if (!bytes.empty() && !co_await send(std::move(bytes), {}, pace)) co_return false;
        if (at_end) co_return true;
    }
}

asio::awaitable<Result<std::string>> HttpConnection::next_piece(BodySource& source) {
    std::string what;
    try {
        auto piece = co_await source.next();
        if (piece) co_return piece;
        what = piece.error().message();
    } catch (const std::exception& failure) {
        what = failure.what();
    }
    shared_.log.error({"An answer had to be cut: {reason}", "Una respuesta quedó cortada: {reason}"},
                      {{"reason", what}});
    co_return Errc::closed;
}

/// Answers a request whose body has not been read: a small one is skipped, a large or unbounded one ends the
/// connection.
asio::awaitable<bool> HttpConnection::answer_judged(HttpResponse response) {
    const auto length = parser_.content_length().value_or(0);
    const bool can_skip =
        !parser_.is_chunked() && length <= shared_.limits.skip_bytes && (!parser_.expects_continue() || begin_ < end_);
    const bool keep = parser_.keep_alive() && can_skip;
    const bool head_only = parser_.request().method == "HEAD";
    if (!co_await answer(std::move(response), keep, head_only)) co_return false;
    parser_.begin_next();
    co_return co_await discard(length);
}

asio::awaitable<bool> HttpConnection::refuse(unsigned status, std::string_view detail) {
    const bool head_only = parser_.request().method == "HEAD";
    co_return co_await answer(shared_.handler.refuse(status, detail), /*keep=*/false, head_only);
}

asio::awaitable<bool> HttpConnection::discard(std::uint64_t bytes) {
    if (bytes > 0) enter(Phase::body, shared_.limits.slack);
    for (;;) {
        const auto here = std::min<std::uint64_t>(bytes, end_ - begin_);
        begin_ += here;
        bytes -= here;
        if (bytes == 0) co_return true;
        if (!co_await read_more()) co_return false;
    }
}

/// Waits for the other end after the last answer. Closing while it still sends would reset the connection, and the
/// reset can overtake the answer (RFC 9112 §9.6).
asio::awaitable<void> HttpConnection::linger() {
    enter(Phase::lingering, shared_.limits.linger);
    auto goodbye = co_await shutdown(*stream_);
    if (!goodbye || secure_) co_return;  // TLS has waited for the other's goodbye already

    for (std::size_t drained = 0; drained <= shared_.limits.drain_bytes && !stopping_; drained += end_ - begin_) {
        begin_ = end_ = 0;
        if (!co_await read_more()) co_return;
    }
}

}  // namespace stockcast
