#pragma once

#include "bench/bench.hpp"
#include "bench/deliveries.hpp"
#include "bench/notification.hpp"
#include "bench/numbering.hpp"
#include "bench/stream.hpp"
#include "bench/subscribers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stockcast::bench {

/// What is sent to a server, and how it comes back.
struct Load {
    Target target;
    Publisher::Request requests;
    Numbering::Rule rule = Numbering::Rule::by_seq;
    std::uint64_t makes_products = 0;  ///< so many of the first requests are another message than what is measured
};
/// To stockcast. `url`: with the secret.
Load notifications_to(const HttpUrl& url, const std::string& ca, unsigned products, const std::string& company_key,
                      std::uint64_t seed,
                      Notifications::Settings::Shape shape = Notifications::Settings::Shape::concise);
/// To a server that passes on each POST.
Load posts_to(const HttpUrl& url, const std::string& ca);

/// Triggers in, frames out: each change that is sent to a server is matched with what every client gets of it.
class Exchange {
public:
    /// A rate of 0: triggers are sent by hand.
    Exchange(Load load, double rate, Subscribers::Settings clients);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// Makes the products, then connects all clients. Throws std::runtime_error when that does not succeed.
    void begin();
    /// Also watched from now on; `read` is called when something has come there.
    void watch_beside(int fd, std::function<void()> read);

    /// Deals with what has come, and waits for it up to `limit`.
    void turn(std::chrono::milliseconds limit);
    /// Triggers at the rate for so long; goes on with it where the last run left off.
    void run_at_rate(std::chrono::nanoseconds span);
    /// Lets nothing more come due, until every client has everything. False when that takes longer than `patience`.
    bool settle(std::chrono::milliseconds patience);
    void stop_reading();
    void read_again();
    /// Forgets the figures so far.
    void begin_measuring();

    Stream& triggers() { return triggers_; }
    const Stream& triggers() const { return triggers_; }
    const Deliveries& deliveries() const { return deliveries_; }
    const Subscribers& clients() const { return clients_; }
    std::size_t message_bytes() const { return message_bytes_; }  ///< of the last change
    std::uint64_t head() const { return head_; }                  ///< the greatest seq that came
    const std::string& epoch() const { return epoch_; }
    /// Nothing refused, missing, double or out of order.
    bool is_flawless() const;
    /// Throws std::runtime_error when a trigger was answered other than 2xx, or not at all.
    void require_no_refusal() const;
    /// The rows of a table with print_heads(), and refusals, if any.
    void print(double seconds) const;
    void note_refusals() const;

private:
    void make_products();
    void take(std::size_t client, std::string_view payload, Time at);

    std::uint64_t makes_products_;
    Descriptor epoll_;
    Stream triggers_;
    Subscribers clients_;
    Deliveries deliveries_;
    Numbering numbering_;
    bool is_at_rate_ = false;
    std::function<void()> read_beside_;
    std::size_t message_bytes_ = 0;
    std::uint64_t head_ = 0;
    std::string epoch_;
};

}  // namespace stockcast::bench
