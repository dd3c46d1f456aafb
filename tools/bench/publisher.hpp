#pragma once

#include "bench/histogram.hpp"
#include "bench/link.hpp"
#include "bench/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::bench {

/// Sends requests over a few kept connections, one under way on each. A connection that the server ends is opened again.
class Publisher {
public:
    /// The bytes of the n-th request (from 0), good until the next call.
    using Request = std::function<std::string_view(std::uint64_t n)>;

    /// Its connections are watched in `epoll`, under `tag` and what follows it.
    Publisher(Target target, std::size_t connections, Request request, int epoll, std::uint64_t tag);

    /// The next one, timed from `since`. False when every connection is busy.
    bool send(Time since);
    /// Something came on the connection of that tag.
    void take_answer(std::uint64_t tag);
    /// Forgets the figures so far.
    void begin_measuring();

    std::uint64_t sent() const { return sent_; }
    std::size_t busy() const { return busy_; }
    const Histogram& answered() const { return answered_; }
    const std::map<unsigned, std::uint64_t>& by_status() const { return by_status_; }  ///< 0: no answer came
    std::uint64_t refused() const;                                                     ///< other than 2xx

private:
    struct Connection {
        Link link;
        std::string received;
        Time since;
        bool is_busy = false;
    };
    void open(Connection& connection);
    void finish(Connection& connection, unsigned status);

    Target target_;
    Request request_;
    int epoll_;
    std::uint64_t tag_;
    std::vector<Connection> connections_;
    std::uint64_t sent_ = 0;
    std::size_t busy_ = 0;
    Histogram answered_;
    std::map<unsigned, std::uint64_t> by_status_;
};

}  // namespace stockcast::bench
