#include "net/http_connection.hpp"

#include "net/http_syntax.hpp"
#include "net/stream_io.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstring>

namespace stockcast {

std::string_view HttpShared::date() {
    const auto now = clock.wall();
    const auto second = now.unix_ms() / 1000;
    if (second != date_second_) {
        date_second_ = second;
        date_ = http_syntax::imf_date(now);
    }
    return date_;
}

HttpConnection::HttpConnection(HttpShared& shared, std::unique_ptr<ByteStream> stream, Opening opening,
                               std::shared_ptr<const void> place)
    : shared_(shared),
      stream_(std::move(stream)),
      opening_(std::move(opening)),
      place_(std::move(place)),
      parser_(shared.limits.header_bytes),
      peer_(stream_->peer_address()),
      secure_(stream_->is_secure()) {}

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
        if (phase_ == Phase::writing) stream_->close();  // half an answer is of no use to anybody
        return type;
    }
    stopping_ = true;
    switch (phase_) {
        case Phase::preparing:
        case Phase::idle: read_cancel_.emit(asio::cancellation_type::terminal); return asio::cancellation_type::none;
        case Phase::lingering: stream_->close(); return asio::cancellation_type::none;
        case Phase::head:
        case Phase::body:
        case Phase::making:
        case Phase::writing: return asio::cancellation_type::none;
        case Phase::waiting:
        case Phase::handling:
        case Phase::upgraded: return type;
    }
    return type;
}

void HttpConnection::enter(Phase phase, std::chrono::milliseconds limit) {
    enter(phase, shared_.clock.now() + limit);
}

void HttpConnection::enter(Phase phase, Steady deadline) {
    phase_ = phase;
    deadline_ = deadline;
}

void HttpConnection::enter(Phase phase) {
    enter(phase, Steady::max());
}

void HttpConnection::sweep(Steady now) {
    if (now < deadline_) return;
    deadline_ = Steady::max();
    expired_ = true;
    // A cut read can still be answered with 408; whatever else is late is not worth a word.
    if (phase_ == Phase::head || phase_ == Phase::body) {
        read_cancel_.emit(asio::cancellation_type::terminal);
    } else {
        stream_->close();
    }
}

asio::awaitable<bool> HttpConnection::prepare() {
    if (!opening_.prepare) co_return true;
    enter(Phase::waiting);
    auto waited = co_await shared_.clock.sleep_until(opening_.not_before);
    if (!waited) co_return false;
    enter(Phase::preparing, shared_.limits.tls_handshake);
    auto [ec, ignored] =
        co_await stream_io::initiate([this](ByteStream::Done done) { opening_.prepare(*stream_, std::move(done)); },
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
            if (expired_ && phase_ == Phase::head) co_await refuse(408, "the header took too long");
            co_return false;
        }
    }
}

asio::awaitable<bool> HttpConnection::read_body() {
    const Steady started = shared_.clock.now();
    const Steady end = started + shared_.limits.body_deadline;
    const Pace pace{shared_.limits.least_rate, shared_.limits.slack};
    std::uint64_t received = 0;
    enter(Phase::body, started + pace.time_for(0));
    if (parser_.expects_continue() && parser_.state() == RequestParser::State::body && begin_ == end_) {
        auto sent = co_await write_all(*stream_, "HTTP/1.1 100 Continue\r\n\r\n");
        if (!sent) co_return false;
    }
    for (;;) {
        const auto taken = parser_.feed(unread());
        begin_ += taken;
        received += taken;
        if (parser_.state() != RequestParser::State::body) co_return true;
        if (!expired_) enter(Phase::body, std::min(end, started + pace.time_for(received)));
        if (!co_await read_more()) {
            if (expired_) co_await refuse(408, "the body took too long");
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

asio::awaitable<void> HttpConnection::take_over(std::unique_ptr<Admitted> admitted) {
    enter(Phase::upgraded);
    TakenOver connection{std::move(stream_), std::string{unread()}, std::move(place_)};
    buffer_.reset();
    begin_ = end_ = 0;
    co_await shared_.handler.take_over(parser_.take(), std::move(admitted), std::move(connection));
}

}  // namespace stockcast
