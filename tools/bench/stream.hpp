#pragma once

#include "bench/histogram.hpp"
#include "bench/notification.hpp"
#include "bench/socket.hpp"
#include "bench/time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace stockcast::bench {

/// Notifications at a fixed rate over a few kept connections, whatever the answers take; one that finds them all busy
/// waits, and its wait is measured.
class Stream {
public:
    /// Its connections are watched in `epoll`, under `tag` and what follows it. A rate of 0: nothing is sent.
    Stream(const Address& address, Notifications notifications, double rate, int epoll, std::uint64_t tag);

    void begin(Time at) { began_ = at; }
    /// To be called often.
    void send_due(Time at);
    /// Something came on the connection of that tag.
    void take_answer(std::uint64_t tag, Time at);

    const Histogram& answered() const { return answered_; }
    const std::map<unsigned, std::uint64_t>& by_status() const { return by_status_; }  ///< 0: no answer came
    std::uint64_t unsent() const { return waiting_.size(); }
    /// Neither waits nor is under way.
    bool is_settled() const;
    /// Every one that was due was answered 200.
    bool is_all_taken() const;

private:
    struct Sender {
        Descriptor socket;
        std::string received;
        Time due;
        bool busy = false;
    };
    void open(Sender& sender);

    Address address_;
    Notifications notifications_;
    double rate_;
    int epoll_;
    std::uint64_t tag_;
    Time began_;
    std::uint64_t asked_ = 0, sent_ = 0;
    std::deque<Time> waiting_;
    std::vector<Sender> senders_;
    Histogram answered_;
    std::map<unsigned, std::uint64_t> by_status_;
};

}  // namespace stockcast::bench
