#pragma once

#include "bench/publisher.hpp"
#include "bench/time.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>

namespace stockcast::bench {

/// Requests at a fixed rate over a few kept connections, whatever the answers take; one that finds them all busy waits,
/// and its wait is measured.
class Stream {
public:
    static constexpr std::size_t usual_connections = 16;

    /// Its connections are watched in `epoll`, under `tag` and what follows it. A rate of 0: only what is sent by hand.
    Stream(Target target, Publisher::Request request, double rate, int epoll, std::uint64_t tag,
           std::size_t connections = usual_connections);

    /// Told when a request is sent: since when it was due.
    void on_sent(std::function<void(Time due)> listener) { sent_ = std::move(listener); }
    /// The rate counts from then.
    void begin(Time at) {
        began_ = at;
        asked_ = 0;
    }
    /// To be called often.
    void send_due(Time at);
    /// Those that were due when all connections were busy; to be called often too, once no more come due.
    void send_waiting();
    /// One now, whatever the rate. False when all connections are busy.
    bool send_now(Time at);
    /// Something came on the connection of that tag.
    void take_answer(std::uint64_t tag) { publisher_.take_answer(tag); }

    /// Forgets the figures so far.
    void begin_measuring() { publisher_.begin_measuring(); }

    const Histogram& answered() const { return publisher_.answered(); }
    const std::map<unsigned, std::uint64_t>& by_status() const { return publisher_.by_status(); }
    std::uint64_t refused() const { return publisher_.refused(); }  ///< other than 2xx
    std::uint64_t unsent() const { return waiting_.size(); }
    /// Neither waits nor is under way.
    bool is_settled() const { return waiting_.empty() && publisher_.busy() == 0; }
    /// Every one that was due was answered 200.
    bool is_all_taken() const;

private:
    double rate_;
    Time began_;
    std::uint64_t asked_ = 0;
    std::deque<Time> waiting_;
    std::function<void(Time)> sent_ = [](Time) {};
    Publisher publisher_;
};

}  // namespace stockcast::bench
