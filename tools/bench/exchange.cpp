#include "bench/exchange.hpp"

#include "bench/posts.hpp"
#include "bench/table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <sys/epoll.h>
#include <utility>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t clients_tag = std::uint64_t{1} << 32U;
constexpr std::uint64_t beside_tag = clients_tag + 1;

}  // namespace

Load notifications_to(const HttpUrl& url, const std::string& ca, unsigned products, const std::string& company_key,
                      std::uint64_t seed, Notifications::Settings::Shape shape) {
    return {target_of(url, ca),
            requests_of(Notifications{{url.host_field(), url.path, company_key, products, seed, shape}}),
            Numbering::Rule::by_seq, products};
}

Load posts_to(const HttpUrl& url, const std::string& ca) {
    return {target_of(url, ca), change_posts(url.host_field(), url.path), Numbering::Rule::by_sight, 0};
}

Exchange::Exchange(Load load, double rate, Subscribers::Settings clients)
    : makes_products_(load.makes_products),
      epoll_(new_epoll()),
      triggers_(std::move(load.target), std::move(load.requests), rate, epoll_.get(), 0),
      clients_(std::move(clients),
               [this](std::size_t client, std::string_view message, Time at) { take(client, message, at); }),
      deliveries_(clients_.settings().count),
      numbering_(load.rule, Notifications::figure_of(makes_products_)) {}

void Exchange::begin() {
    make_products();
    clients_.connect_all();
    read_again();
    triggers_.on_sent([this](Time due) { deliveries_.triggered(due); });
}

void Exchange::make_products() {
    std::uint64_t made = 0;
    while (made < makes_products_ || !triggers_.is_settled()) {
        while (made < makes_products_ && triggers_.send_now(now())) ++made;
        turn(100ms);
        require_no_refusal();
    }
    begin_measuring();
}

void Exchange::require_no_refusal() const {
    if (triggers_.refused() > 0) throw std::runtime_error("triggers: " + listed(triggers_.by_status()));
}

void Exchange::watch_beside(int fd, std::function<void()> read) {
    read_beside_ = std::move(read);
    watch_for_input(epoll_.get(), fd, beside_tag);
}

void Exchange::turn(std::chrono::milliseconds limit) {
    std::array<epoll_event, 64> events;
    const int ready =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), static_cast<int>(limit.count()));
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    // What is timed comes first: it must not wait until this process has read for the others.
    const auto of = [&](int i) { return events[static_cast<std::size_t>(i)].data.u64; };
    for (int i = 0; i < ready; ++i)
        if (of(i) < clients_tag) triggers_.take_answer(of(i));
    for (int i = 0; i < ready; ++i)
        if (of(i) == clients_tag) clients_.read_some(0ms);
    for (int i = 0; i < ready; ++i)
        if (of(i) == beside_tag) read_beside_();
}

void Exchange::run_at_rate(std::chrono::nanoseconds span) {
    const auto began = now();
    const auto end = began + span;
    if (!is_at_rate_) triggers_.begin(began);
    is_at_rate_ = true;
    for (auto at = now(); at < end; at = now()) {
        triggers_.send_due(at);
        turn(1ms);
    }
    triggers_.send_due(end);
}

bool Exchange::settle(std::chrono::milliseconds patience) {
    is_at_rate_ = false;
    const auto end = now() + patience;
    while ((deliveries_.in_flight() > 0 || !triggers_.is_settled()) && now() < end) {
        triggers_.send_waiting();
        turn(10ms);
    }
    return deliveries_.in_flight() == 0;
}

void Exchange::stop_reading() {
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, clients_.epoll(), nullptr) != 0) fail("epoll_ctl");
}

void Exchange::read_again() {
    watch_for_input(epoll_.get(), clients_.epoll(), clients_tag);
}

void Exchange::begin_measuring() {
    triggers_.begin_measuring();
    deliveries_.begin_measuring(now());
}

void Exchange::take(std::size_t client, std::string_view payload, Time at) {
    const auto message = message_of(payload);
    head_ = std::max(head_, message.seq);
    if (message.kind == Message::Kind::hello) {
        deliveries_.begin(client, message.seq + 1);
        if (epoch_.empty()) epoch_ = epoch_of(payload);
    }
    if (message.kind != Message::Kind::change) return;
    const auto numbered = numbering_(message, payload);
    deliveries_.seen(client, numbered.place, numbered.trigger, at);
    message_bytes_ = payload.size();
}

bool Exchange::is_flawless() const {
    return deliveries_.is_flawless() && triggers_.is_settled() && triggers_.refused() == 0;
}

void Exchange::print(double seconds) const {
    print_row("webhook answered", static_cast<double>(triggers_.answered().count()) / seconds, triggers_.answered());
    print_row("webhook to frame at the client", static_cast<double>(deliveries_.delivered()) / seconds,
              deliveries_.delays());
    note_refusals();
}

void Exchange::note_refusals() const {
    if (triggers_.refused() > 0) print_note("webhooks: " + listed(triggers_.by_status()));
}

}  // namespace stockcast::bench
