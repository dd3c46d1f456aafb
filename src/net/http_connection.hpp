#pragma once

#include "net/pace.hpp"
#include "net/request_parser.hpp"

#include "stockcast/net/http_server.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <functional>
#include <memory>

namespace stockcast {

/// What all connections of one server share.
struct HttpShared {
    HttpShared(HttpLimits its_limits, HttpHandler& its_handler, Clock& its_clock, Log& its_log)
        : limits(std::move(its_limits)), handler(its_handler), clock(its_clock), log(its_log) {}

    HttpLimits limits;
    HttpHandler& handler;
    Clock& clock;
    Log& log;

    std::string_view date();  ///< of this second, for the Date field

private:
    std::string date_;
    std::int64_t date_second_ = -1;
};

/// One client's connection, from its first byte to its last. Deadlines are absolute points that the server's sweep
/// compares with the clock a few times a second: a timer for each read would cost more than the request.
class HttpConnection
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// Makes the stream ready (a TLS handshake); completes with an error when it can't.
    using Prepare = std::function<void(ByteStream&, ByteStream::Done)>;
    struct Opening {
        Prepare prepare;      ///< empty: the stream is ready
        Steady not_before{};  ///< of `prepare`
    };

    /// `place`: among the server's connections; held as long as the connection lives, here or with who takes it over.
    HttpConnection(HttpShared& shared, std::unique_ptr<ByteStream> stream, Opening opening,
                   std::shared_ptr<const void> place);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    asio::awaitable<void> serve();
    /// Ends what is past its deadline.
    void sweep(Steady now);

private:
    enum class Phase { waiting, preparing, idle, head, body, handling, making, writing, lingering, upgraded };

    asio::awaitable<bool> prepare();
    asio::awaitable<bool> serve_request();  ///< false: the connection is at its end
    asio::awaitable<bool> read_head();
    asio::awaitable<bool> read_body();
    asio::awaitable<bool> read_more();
    asio::awaitable<bool> answer(HttpResponse response, bool keep, bool head_only);
    asio::awaitable<bool> send(std::string bytes, std::string_view body, Pace& pace);
    asio::awaitable<bool> send_pieces(std::string head, std::shared_ptr<BodySource> source, Pace& pace);
    asio::awaitable<Result<std::string>> next_piece(BodySource& source);
    asio::awaitable<bool> answer_judged(HttpResponse response);
    asio::awaitable<bool> refuse(unsigned status, std::string_view detail);
    asio::awaitable<bool> discard(std::uint64_t bytes);
    asio::awaitable<void> linger();
    asio::awaitable<void> take_over(std::unique_ptr<Admitted> admitted);
    asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted> admitted);

    void enter(Phase phase, std::chrono::milliseconds limit);
    void enter(Phase phase, Steady deadline);
    void enter(Phase phase);  ///< without a deadline
    std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }
    asio::cancellation_type hear(asio::cancellation_type type);

    HttpShared& shared_;
    std::unique_ptr<ByteStream> stream_;
    Opening opening_;
    std::shared_ptr<const void> place_;
    RequestParser parser_;
    std::string peer_;
    bool secure_;

    Phase phase_ = Phase::preparing;
    Steady deadline_ = Steady::max();
    asio::cancellation_signal read_cancel_;  ///< for reads alone: an answer under way is never cut by a stop
    bool is_http_1_0_ = false;               ///< the request being answered: keeping the connection has to be said
    bool expired_ = false;
    bool stopping_ = false;
    bool terminated_ = false;

    std::unique_ptr<char[]> buffer_;  ///< only while there are bytes in it or a request is under way
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

using HttpConnections = boost::intrusive::list<HttpConnection, boost::intrusive::constant_time_size<false>>;

}  // namespace stockcast
