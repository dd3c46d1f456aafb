#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/byte_stream.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/net/taken_over.hpp"
#include "stockcast/net/tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// Bounds of one connection. Deadlines are absolute (no byte that trickles in puts one off); bodies in either direction
/// also have a least rate, which is all that bounds a streamed answer, since its length isn't known.
struct HttpLimits {
    std::size_t header_bytes = std::size_t{16} * 1024;
    std::size_t body_bytes = std::size_t{1} << 20;
    std::chrono::milliseconds header_deadline{10'000};  ///< from the first byte of a request to the end of its header
    std::chrono::milliseconds body_deadline{60'000};    ///< from there to the end of its body
    std::chrono::milliseconds idle{75'000};             ///< between two requests on one connection
    std::uint32_t least_rate = 8 * 1024;      ///< bytes a second that a body's sender or reader must average; not 0
    std::chrono::milliseconds slack{20'000};  ///< it may be so far behind that rate, and stand still for so long
    std::chrono::milliseconds tls_handshake{10'000};
    std::uint32_t connections_max = 20'000;             ///< 0: no limit. At the limit new ones wait in the backlog
    std::uint32_t connections_per_address_max = 1'000;  ///< 0: no limit. Beyond: refused with 503
    std::size_t skip_bytes = std::size_t{256} * 1024;   ///< of a refused body read away to keep the connection
    /// Of a larger one still read before the connection ends, so that the sender sees the answer: a reset, which is what
    /// closing with bytes unread makes, can overtake it. More than body_bytes, since what is just too large is the rule.
    std::size_t drain_bytes = std::size_t{8} << 20;
    std::chrono::milliseconds linger{5'000};  ///< patience for the other end after the last answer
    /// TLS handshakes begun by one address, and how many at once: each costs us more than it costs the client. More wait
    /// their turn, and are dropped where it would not come within tls_handshake. 0: no limit.
    std::uint32_t handshakes_per_second = 100;
    std::uint32_t handshakes_burst = 500;
    /// Addresses that the limits by address don't bind (trusted proxies); empty: none.
    std::function<bool(std::string_view address)> is_address_exempt;
};

/// What a handler learnt of a request from its header, kept until the body is there: nothing is worked out twice.
class Admitted {
public:
    virtual ~Admitted() = default;
};

/// What becomes of a request, decided by its header alone.
struct HttpVerdict {
    std::optional<HttpResponse> refusal;  ///< answered without reading the body (401, 404, 405, 413, 415)
    std::size_t body_bytes_max = 0;       ///< at most HttpLimits::body_bytes counts
    bool leaves_http = false;             ///< then take_over() is called instead of handle(); there must be no body
    std::unique_ptr<Admitted> admitted;   ///< the handler's own, handed back; may be null
};

/// What the server asks. Everything on the executor; nothing may block.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    /// The header is complete, the body has not been read: `head.body` is empty.
    virtual HttpVerdict judge(const HttpRequest& head) = 0;
    virtual asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted> admitted) = 0;
    /// Gets the connection for good; may first write an HTTP answer itself. Hears total cancellation at a stop until it
    /// returns; who keeps the connection for longer ends it himself.
    virtual asio::awaitable<void> take_over(HttpRequest request, std::unique_ptr<Admitted> admitted,
                                            TakenOver connection) = 0;
    /// A request that is not HTTP or past a limit: the body of the answer for that status (400, 408, 413, 414, 417,
    /// 431, 501, 505), 503 for a connection too many, 500 when handle() threw.
    virtual HttpResponse refuse(unsigned status, std::string_view detail) = 0;
    /// Told before a 413 is answered, so that the handler can keep a note of it; the body is not read. `admitted`:
    /// judge()'s; may be null.
    virtual asio::awaitable<void> note_too_large(std::unique_ptr<Admitted> admitted);
};

struct ListenAddress {
    std::string host = "0.0.0.0";
    std::uint16_t port = 0;  ///< 0: a free one
};

/// Accepts connections and speaks HTTP/1.1 on each (RFC 9110, 9112): keep-alive, pipelining answered in order (the next
/// request is read when the one before is answered), `Expect: 100-continue`, HEAD without body. Ambiguous framing (two lengths, length and chunks, bare LF, obs-fold,
/// NUL) is refused with 400 and the connection closed, since a proxy might read it otherwise.
class HttpServer {
public:
    /// Binds and listens at once, so that the port is known. Throws std::system_error, `what()` naming address and
    /// reason.
    HttpServer(asio::any_io_executor executor, const ListenAddress& address, HttpLimits limits, HttpHandler& handler,
               std::shared_ptr<TlsServerContext> tls, Clock& clock, Log& log);
    ~HttpServer();

    std::uint16_t port() const;
    std::size_t connections() const;

    /// Accepts until cancelled (total), then stops listening; connections go on in `doors`, which also ends them: an
    /// idle one at once, one in the middle of a request after its answer. The server must outlive the tasks in `doors`.
    asio::awaitable<void> run(TaskGroup& doors);

    /// Serves a connection that did not come through the listener (tests, the simulation's network) as if it had.
    void adopt(std::unique_ptr<ByteStream> stream, TaskGroup& doors);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  ///< places of connections that were taken over may outlive the server
};

}  // namespace stockcast
