#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/net/byte_stream.hpp"
#include "stockcast/net/tls.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace stockcast {

/// Where a client connects to.
struct Endpoint {
    bool secure = true;
    std::string host;  ///< name or address literal (IPv6 without brackets)
    std::uint16_t port = 443;
    bool operator==(const Endpoint&) const = default;
};

/// `https://host[:port]` with an optional path (given back in `path`, `/` at the end cut). Errors: `malformed`.
struct HttpUrl {
    Endpoint endpoint;
    std::string path;  ///< empty, or begins with `/`
    static Result<HttpUrl> parse(std::string_view text);
    std::string host_field() const;  ///< the Host header: port only where it is not the scheme's own
};

/// Opens connections as a client: the seam that the simulation replaces by an in-memory network.
class Connector {
public:
    virtual ~Connector() = default;
    /// Errors: `timed_out`, `stopping`, `closed` (refused, unreachable, unknown name), `siigo_unavailable` never.
    /// TLS that can't be verified: `closed` too, with the reason in the log.
    virtual asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Endpoint to, Steady deadline) = 0;
};

/// TCP, with TLS where the endpoint is secure. Names are resolved by a job on `workers` and the last good address is
/// kept, since `async_resolve` can't be cancelled in Boost 1.81 and would hold up other names and the exit.
std::unique_ptr<Connector> make_connector(std::shared_ptr<TlsClientContext> tls, Workers& workers, Clock& clock,
                                          class Log& log);

}  // namespace stockcast
