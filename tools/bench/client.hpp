#pragma once

#include "bench/link.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/net/connector.hpp"

#include <string>

namespace stockcast::bench {

/// A server on this machine: where it is, and who asks it.
class Server {
public:
    /// `url` is `http://HOST:PORT`. Throws std::runtime_error when it is none, or not of the loopback: what follows is
    /// as much as a server can take, which a network or a server with work to do should be spared.
    Server(const std::string& url, std::string token);

    const Target& target() const { return target_; }
    const Address& address() const { return target_.address; }
    const std::string& host_field() const { return target_.host_field; }
    /// The bytes of a GET with the token; `accept` empty: whatever it gives.
    std::string get(const std::string& target, const std::string& accept = "") const;

private:
    Target target_;
    std::string token_;
};

/// Questions one by one, before the measuring; each waits for its answer.
class Client {
public:
    explicit Client(const Server& server);

    struct Reply {
        unsigned status = 0;
        Json body;
    };
    /// Throws std::runtime_error when no JSON came within 30 s.
    Reply get(const std::string& target);
    /// Throws std::runtime_error too when the answer is not 200.
    Json get_good(const std::string& target);

private:
    const Server& server_;
    Descriptor socket_;
};

/// A member that is a string; empty when it is none, or there is none.
std::string text_of(const Json& object, std::string_view name);
/// A member that is an array; empty when it is none, or there is none.
const Json::Array& list_of(const Json& object, std::string_view name);

}  // namespace stockcast::bench
