#pragma once

#include "bench/incoming_answer.hpp"
#include "bench/socket.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace stockcast::bench {

/// Asks again as soon as the answer is there, on one kept connection, and takes what comes as fast as it comes.
class Puller {
public:
    /// Whether a body is kept until it is whole, for `next` to see.
    enum class Bodies { kept, discarded };
    /// Makes the next request of the body that was answered; of an empty one at first.
    using Next = std::function<std::string(const std::string& body)>;

    /// Watched in `epoll` under `tag`; sends its first request.
    Puller(const Address& address, int epoll, std::uint64_t tag, Bodies bodies, Next next);

    /// Something came. One read a call, so that what is timed beside it need not wait for long. Throws
    /// std::runtime_error when the server has closed the connection.
    void take();

    std::uint64_t bytes() const { return bytes_; }  ///< of bodies, also of one that is under way
    const std::map<unsigned, std::uint64_t>& by_status() const { return by_status_; }

private:
    void ask();

    Descriptor socket_;
    Bodies bodies_;
    Next next_;
    IncomingAnswer answer_;
    std::uint64_t bytes_ = 0;
    std::map<unsigned, std::uint64_t> by_status_;
};

}  // namespace stockcast::bench
