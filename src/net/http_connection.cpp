#include "net/http_connection.hpp"

#include "net/http_syntax.hpp"
#include "net/stream_io.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstring>

namespace stockcast {

namespace {

/// A body up to this long is copied behind its head: one buffer is cheaper to send than two.
constexpr std::size_t joined_body_max = std::size_t{16} * 1024;

bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

std::string answer_head(const HttpResponse& response, std::string_view date, std::string_view connection) {
    std::string out;
    out.reserve(512 + (response.body.size() <= joined_body_max ? response.body.size() : 0));
    append_status_line(out, response.status);
    append_field(out, "Date", date);
    if (!connection.empty()) append_field(out, "Connection", connection);
    for (const auto& [name, value] : response.fields.all()) append_field(out, name, value);
    if (!has_no_body(response.status)) append_field(out, "Content-Length", std::to_string(response.body.size()));
    out += "\r\n";
    return out;
}

}  // namespace

std::string_view HttpShared::date() {
    const auto now = clock.wall();
    const auto second = now.unix_ms() / 1000;
    if (second != date_second_) {
        date_second_ = second;
        date_ = http_syntax::imf_date(now);
    }
    return date_;
}

HttpConnection::HttpConnection(HttpShared& shared, std::unique_ptr<ByteStream> stream, Prepare prepare,
                               std::function<void()> on_end)
    : shared_(shared),
      stream_(std::move(stream)),
      prepare_(std::move(prepare)),
      on_end_(std::move(on_end)),
      parser_(shared.limits.header_bytes),
      peer_(stream_->peer_address()),
      secure_(stream_->is_secure()) {}

HttpConnection::~HttpConnection() {
    if (on_end_) on_end_();
}

asio::awaitable<void> HttpConnection::serve() {
    co_await asio::this_coro::reset_cancellation_state([this](asio::cancellation_type type) { return hear(type); },
                                                       [](asio::cancellation_type type) { return type; });
    co_await asio::this_coro::throw_if_cancelled(false);

    bool open = co_await prepare();
    while (open && !terminated_) open = co_await serve_request();
    if (stream_) stream_->close();
}

/// A stop ends an idle connection at once; one in the middle of a request only learns that its answer is the last.
asio::cancellation_type HttpConnection::hear(asio::cancellation_type type) {
    if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) {
        terminated_ = stopping_ = true;
        read_cancel_.emit(asio::cancellation_type::terminal);
        return type;
    }
    stopping_ = true;
    switch (phase_) {
        case Phase::preparing:
        case Phase::idle:
        case Phase::lingering:
            read_cancel_.emit(asio::cancellation_type::terminal);
            return asio::cancellation_type::none;
        case Phase::head:
        case Phase::body:
        case Phase::writing: return asio::cancellation_type::none;
        case Phase::handling:
        case Phase::upgraded: return type;
    }
    return type;
}

void HttpConnection::enter(Phase phase, std::chrono::milliseconds limit) {
    phase_ = phase;
    deadline_ = shared_.clock.now() + limit;
}

void HttpConnection::enter(Phase phase) {
    phase_ = phase;
    deadline_ = Steady::max();
}

void HttpConnection::sweep(Steady now) {
    if (now < deadline_) return;
    deadline_ = Steady::max();
    expired_ = true;
    // A cut read can still be answered with 408; whatever else is late is not worth a word. A cancelled TLS operation
    // leaves its stream unusable anyway.
    if ((phase_ == Phase::head || phase_ == Phase::body) && !secure_) {
        read_cancel_.emit(asio::cancellation_type::terminal);
    } else {
        stream_->close();
    }
}

asio::awaitable<bool> HttpConnection::prepare() {
    if (!prepare_) co_return true;
    enter(Phase::preparing, shared_.limits.tls_handshake);
    auto [ec, ignored] =
        co_await stream_io::initiate([this](ByteStream::Done done) { prepare_(*stream_, std::move(done)); },
                                     asio::bind_cancellation_slot(read_cancel_.slot(), as_value));
    (void)ignored;
    co_return !ec;
}

asio::awaitable<bool> HttpConnection::serve_request() {
    if (!co_await read_head()) co_return false;
    if (parser_.state() == RequestParser::State::refused)
        co_return co_await refuse(parser_.refusal().status, parser_.refusal().detail);

    is_http_1_0_ = parser_.is_http_1_0();
    auto& head = parser_.request();
    head.peer = peer_;
    head.secure = secure_;
    auto verdict = shared_.handler.judge(head);
    if (verdict.refusal) {
        if (verdict.refusal->status == 413) co_await shared_.handler.note_too_large(std::move(verdict.admitted));
        co_return co_await answer_judged(std::move(*verdict.refusal));
    }

    if (verdict.leaves_http) {
        if (parser_.has_body()) co_return co_await refuse(400, "a request that leaves HTTP has no body");
        if (stopping_) co_return co_await refuse(503, "the server is stopping");
        co_await take_over(std::move(verdict.admitted));
        co_return false;
    }

    if (parser_.has_body()) {
        parser_.limit_body(std::min(verdict.body_bytes_max, shared_.limits.body_bytes));
        if (!co_await read_body()) co_return false;
        if (parser_.state() == RequestParser::State::refused && parser_.refusal().status == 413)
            co_await shared_.handler.note_too_large(std::move(verdict.admitted));
        if (parser_.state() == RequestParser::State::refused)
            co_return co_await refuse(parser_.refusal().status, parser_.refusal().detail);
    }

    const bool keep = parser_.keep_alive();
    const bool head_only = head.method == "HEAD";
    enter(Phase::handling);
    auto response = co_await handle(parser_.take(), std::move(verdict.admitted));
    co_return co_await answer(std::move(response), keep, head_only);
}

/// False when the connection ended or was idle for too long; otherwise the header is there or has been refused.
asio::awaitable<bool> HttpConnection::read_head() {
    if (stopping_) co_return false;
    enter(Phase::idle, shared_.limits.idle);
    if (begin_ == end_) {
        buffer_.reset();
        begin_ = end_ = 0;
        auto [ec, none] = co_await stream_io::read(*stream_, asio::mutable_buffer{},
                                                   asio::bind_cancellation_slot(read_cancel_.slot(), as_value));
        (void)none;
        if (ec || stopping_) co_return false;
    }

    for (;;) {
        begin_ += parser_.feed(unread());
        if (parser_.state() != RequestParser::State::head) co_return true;
        if (parser_.has_begun() && phase_ == Phase::idle) enter(Phase::head, shared_.limits.header_deadline);
        if (!co_await read_more()) {
            if (expired_ && phase_ == Phase::head && !secure_) co_await refuse(408, "the header took too long");
            co_return false;
        }
    }
}

asio::awaitable<bool> HttpConnection::read_body() {
    enter(Phase::body, shared_.limits.body_deadline);
    if (parser_.expects_continue() && parser_.state() == RequestParser::State::body && begin_ == end_) {
        auto sent = co_await write_all(*stream_, "HTTP/1.1 100 Continue\r\n\r\n");
        if (!sent) co_return false;
    }
    for (;;) {
        begin_ += parser_.feed(unread());
        if (parser_.state() != RequestParser::State::body) co_return true;
        if (!co_await read_more()) {
            if (expired_ && !secure_) co_await refuse(408, "the body took too long");
            co_return false;
        }
    }
}

/// Makes room at the end of the buffer and reads into it. The parser refuses what would fill it, so there is room.
asio::awaitable<bool> HttpConnection::read_more() {
    const auto capacity = shared_.limits.header_bytes;
    if (terminated_ || expired_) co_return false;
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(capacity);
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == capacity) {
        std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }

    auto [ec, count] = co_await stream_io::read(*stream_, asio::buffer(buffer_.get() + end_, capacity - end_),
                                                asio::bind_cancellation_slot(read_cancel_.slot(), as_value));
    if (ec || terminated_) co_return false;
    end_ += count;
    co_return true;
}

asio::awaitable<HttpResponse> HttpConnection::handle(HttpRequest request, std::unique_ptr<Admitted> admitted) {
    std::string what;
    try {
        co_return co_await shared_.handler.handle(std::move(request), std::move(admitted));
    } catch (const std::exception& failure) {
        what = failure.what();
    }
    shared_.log.error({"A request failed: {reason}", "Falló una solicitud: {reason}"}, {{"reason", what}});
    co_return shared_.handler.refuse(500, "the request could not be carried out");
}

/// True: the connection is good for another request.
asio::awaitable<bool> HttpConnection::answer(HttpResponse response, bool keep, bool head_only) {
    if (terminated_) co_return false;
    keep = keep && !response.close && !stopping_;
    const std::string_view connection = !keep ? "close" : is_http_1_0_ ? "keep-alive" : "";
    std::string head = answer_head(response, shared_.date(), connection);
    const bool with_body = !head_only && !has_no_body(response.status);

    enter(Phase::writing, shared_.limits.write_deadline);
    if (with_body && response.body.size() > joined_body_max) {
        const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(response.body)};
        auto sent = co_await write_all(*stream_, std::span<const asio::const_buffer>{both});
        if (!sent) co_return false;
    } else {
        if (with_body) head += response.body;
        auto sent = co_await write_all(*stream_, head);
        if (!sent) co_return false;
    }
    if (!keep) co_await linger();
    co_return keep;
}

/// Answers a request whose body has not been read: a small one is skipped, a large or unbounded one ends the
/// connection.
asio::awaitable<bool> HttpConnection::answer_judged(HttpResponse response) {
    const auto length = parser_.content_length().value_or(0);
    const bool can_skip =
        !parser_.is_chunked() && length <= shared_.limits.drain_bytes && (!parser_.expects_continue() || begin_ < end_);
    const bool keep = parser_.keep_alive() && can_skip;
    const bool head_only = parser_.request().method == "HEAD";
    if (!co_await answer(std::move(response), keep, head_only)) co_return false;
    parser_.begin_next();
    co_return co_await discard(length);
}

asio::awaitable<bool> HttpConnection::refuse(unsigned status, std::string_view detail) {
    co_return co_await answer(shared_.handler.refuse(status, detail), /*keep=*/false, /*head_only=*/false);
}

asio::awaitable<bool> HttpConnection::discard(std::uint64_t bytes) {
    if (bytes > 0) enter(Phase::body, shared_.limits.body_deadline);
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

asio::awaitable<void> HttpConnection::take_over(std::unique_ptr<Admitted> admitted) {
    enter(Phase::upgraded);
    TakenOver connection{std::move(stream_), std::string{unread()}};
    buffer_.reset();
    begin_ = end_ = 0;
    co_await shared_.handler.take_over(parser_.take(), std::move(admitted), std::move(connection));
}

}  // namespace stockcast
