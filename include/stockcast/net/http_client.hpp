#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_message.hpp"

#include <memory>
#include <optional>
#include <string>

namespace stockcast {

struct HttpClientRequest {
    std::string method = "GET";
    std::string target;  ///< path and query
    HttpFields fields;   ///< Host and Content-Length are added
    std::string
        body;  ///< sent only when the method is not GET, HEAD or DELETE (SIIGO answers 400 to a GET with a body)
};

struct HttpClientLimits {
    std::size_t header_bytes = std::size_t{32} * 1024;
    std::size_t body_bytes = std::size_t{16} << 20;
    /// An idempotent request on a kept connection that turns out to be dead is sent again at once. False where each send
    /// counts (SIIGO's quota): the caller repeats it.
    bool repeat_on_dead_connection = true;
};

/// Why no complete answer came: what a retry or a failure count must know.
struct HttpClientFailure {
    Errc reason = Errc::closed;
    bool sent = false;   ///< at least part of the request left us: it may have been carried out and counts as a call
    std::string detail;  ///< for the log: no secret in it
};

/// One kept connection to one endpoint, one request at a time. A kept connection that turns out to be dead before a
/// byte of the answer came is replaced once without telling (idempotent methods only).
class HttpClient {
public:
    HttpClient(Connector& connector, Endpoint endpoint, std::string host_field, HttpClientLimits limits, Clock& clock);
    ~HttpClient();

    /// The whole answer until `deadline`; a cut or malformed one is a failure. Cancellation closes the connection.
    asio::awaitable<boost::system::result<HttpResponse, HttpClientFailure>> exchange(HttpClientRequest request,
                                                                                     Steady deadline);
    void close();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
