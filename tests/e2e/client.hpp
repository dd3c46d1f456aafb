#pragma once

#include "stockcast/base/json.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::e2e {

struct Answer {
    unsigned status = 0;                        ///< 0: no answer came
    std::map<std::string, std::string> fields;  ///< names in lower case
    std::string body;
    Json json() const;  ///< null when the body is no JSON
};

struct Call {
    std::string method = "GET";
    std::string target;
    std::map<std::string, std::string> fields;
    std::string body;
};

/// One request on a connection of its own; Beast's client, so that our own HTTP code is not its own witness.
Answer call(std::uint16_t port, const Call& request, std::chrono::milliseconds limit = std::chrono::seconds{30});
/// Bytes as they are, and whatever comes back until the other end closes or the time is up.
std::string raw_exchange(std::uint16_t port, std::string_view bytes,
                         std::chrono::milliseconds limit = std::chrono::seconds{5});

/// A kept connection, for load.
class Connection {
public:
    explicit Connection(std::uint16_t port);
    ~Connection();
    Answer call(const Call& request, std::chrono::milliseconds limit = std::chrono::seconds{30});

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A WebSocket client (Beast's). What does not come in time is an empty optional.
class WebSocket {
public:
    /// `target`: `/ws…`; throws std::runtime_error with the status when the handshake is refused.
    WebSocket(std::uint16_t port, const std::string& target, const std::string& token);
    ~WebSocket();

    /// The next text message.
    std::optional<Json> next(std::chrono::milliseconds limit = std::chrono::seconds{30});
    /// The next message of that type; others are skipped.
    std::optional<Json> next_of(std::string_view type, std::chrono::milliseconds limit = std::chrono::seconds{30});
    void send(const std::string& text);
    /// The close code once the server has closed.
    std::optional<std::uint16_t> closed(std::chrono::milliseconds limit = std::chrono::seconds{30});

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Members of a JSON object as text; empty when absent. Numbers give their digits.
std::string text_of(const Json& object, std::string_view member);

}  // namespace stockcast::e2e
