#pragma once

#include "stockcast/app/settings.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// The server that runs beside us with these settings, asked over HTTP on HOST and PORT (loopback where HOST is every
/// address). With TLS it must show the very certificate of TLS_CERT_FILE, whatever names that carries.
class LocalServer {
public:
    /// `port`: where it really listens. Throws Failure when TLS_CERT_FILE can't be read.
    LocalServer(const Settings& settings, std::uint16_t port, Workers& workers, Clock& clock, Log& log);

    using Answer = boost::system::result<HttpResponse, HttpClientFailure>;
    /// `token`: empty for what is open to all.
    asio::awaitable<Answer> ask(std::string method, std::string target, std::string token,
                                std::chrono::milliseconds limit);
    std::string address() const;  ///< `http://127.0.0.1:5000`

private:
    Endpoint endpoint_;
    std::unique_ptr<Connector> connector_;
    Clock& clock_;
};

/// The answer's body; null where that is no JSON.
Json json_of(const HttpResponse& answer);
/// The member that this path of names leads to, as text: a string's own, a number's digits, `true`; empty: there is
/// none.
std::string text_at(const Json& object, std::initializer_list<std::string_view> path);
/// The same as a whole number.
std::optional<std::uint64_t> whole_at(const Json& object, std::initializer_list<std::string_view> path);

/// `http://127.0.0.1:5000`, the default port left out as in a Host field.
std::string address_of(const Endpoint& endpoint);

}  // namespace stockcast
