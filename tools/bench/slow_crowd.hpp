#pragma once

#include "bench/socket.hpp"
#include "bench/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace stockcast::bench {

/// Connections that never come to an end: every other one sends a header without its end, the rest a body, a byte a
/// second. One that the server ends is opened again, as an attacker would.
class SlowCrowd {
public:
    SlowCrowd(const Address& server, const std::string& host_field, const std::string& target, unsigned count,
              int epoll, std::uint64_t tag);

    /// Something came on the connection of that tag.
    void notice(std::uint64_t tag);
    /// To be called often: opens, and sends what is due.
    void trickle(Time now);

    std::size_t open() const { return open_; }
    std::uint64_t opened() const { return opened_; }
    std::uint64_t cut() const { return cut_; }
    const std::map<unsigned, std::uint64_t>& by_status() const { return by_status_; }  ///< 0: closed without a word

private:
    struct Member {
        Descriptor socket;
        std::size_t sent = 0;
        Time due{};
        unsigned status = 0;
    };
    void open(Member& member, Time now);
    void end(Member& member);

    Address server_;
    std::string head_;  ///< without its end
    std::string body_;  ///< with a header's end and the body's beginning
    int epoll_;
    std::uint64_t tag_;
    std::vector<Member> members_;
    std::size_t next_ = 0;
    std::size_t open_ = 0;
    std::uint64_t opened_ = 0, cut_ = 0;
    std::map<unsigned, std::uint64_t> by_status_;
};

}  // namespace stockcast::bench
