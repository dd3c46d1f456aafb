#include "bench/crowd.hpp"
#include "bench/exchange.hpp"
#include "bench/order.hpp"
#include "bench/table.hpp"

#include <cstdio>
#include <stdexcept>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 300s;
/// Of those that catch up, before the live ones are looked after again: else it is this process whom they wait for.
constexpr std::size_t beside_at_once = 8;

/// Clients that come back to what they missed: each is to get everything after `since` once and in order, and then to
/// be told that it is level.
class Returning {
public:
    Returning(Subscribers::Settings settings, std::uint64_t since)
        : order_(settings.count),
          is_level_(settings.count, false),
          clients_(std::move(settings),
                   [this](std::size_t client, std::string_view message, Time) { take(client, message); }) {
        for (std::size_t client = 0; client < order_.clients(); ++client) order_.begin(client, since + 1);
    }

    Subscribers& clients() { return clients_; }
    bool all_are_level() const { return level_ == order_.clients(); }
    std::uint64_t changes() const { return changes_; }
    std::uint64_t missing() const { return missing_ + order_.passed_over(); }
    const Order& order() const { return order_; }

private:
    void take(std::size_t client, std::string_view payload) {
        const auto message = message_of(payload);
        switch (message.kind) {
            case Message::Kind::reset:
                throw std::runtime_error("the server can't resume: " + std::string{payload.substr(0, 200)});
            case Message::Kind::change:
                if (order_.take(client, message.seq) && !is_level_[client]) ++changes_;
                return;
            case Message::Kind::caught_up:
                if (is_level_[client]) return;
                is_level_[client] = true;
                ++level_;
                if (order_.next(client) <= message.seq) missing_ += message.seq + 1 - order_.next(client);
                return;
            default: return;
        }
    }

    Order order_;
    std::vector<bool> is_level_;
    Subscribers clients_;
    std::size_t level_ = 0;
    std::uint64_t changes_ = 0, missing_ = 0;
};

std::uint64_t position_behind(const Exchange& exchange, std::uint64_t behind) {
    if (exchange.head() >= behind) return exchange.head() - behind;
    throw std::runtime_error("the store has only " + std::to_string(exchange.head()) +
                             " changes: make more with stockcast-bench fill, or ask for less with --behind");
}

}  // namespace

bool resume(const ResumeSettings& settings) {
    raise_descriptor_limit();
    const auto url = parsed_url(settings.url);
    auto live = settings.crowd;
    live.clients = settings.live;
    Exchange exchange{notifications_to(url, settings.crowd.ca, settings.products, settings.company_key, settings.seed),
                      settings.rate, subscribers_of(live, server_of(url))};
    exchange.begin();
    exchange.run_at_rate(std::chrono::seconds{settings.quiet});
    if (!exchange.settle(10s)) throw std::runtime_error("live clients missed changes before anybody came back");
    const auto before = figures_of(settings.rate * settings.live, exchange.deliveries().delays());

    const auto since = position_behind(exchange, settings.behind);
    auto returning_settings = subscribers_of(settings.crowd, server_of(url),
                                             "?since=" + std::to_string(since) + "&epoch=" + exchange.epoch());
    returning_settings.first_number = settings.live;
    Returning returning{std::move(returning_settings), since};
    exchange.watch_beside(returning.clients().epoll(), [&] { returning.clients().read_some(0ms, beside_at_once); });
    exchange.begin_measuring();
    Watch server{settings.crowd.pid};
    const auto began = now();
    while (!returning.all_are_level()) {
        if (now() > began + patience) throw std::runtime_error("not all clients were level after 300 s");
        returning.clients().connect_more();
        exchange.run_at_rate(20ms);
    }
    const auto seconds = std::chrono::duration<double>(now() - began).count();
    const auto megabytes = static_cast<double>(returning.clients().bytes()) / 1e6;
    const double core_share = server.core_share();
    const double growth_mb = server.resident_growth_kb() / 1024;
    const bool all_have_all = exchange.settle(10s);
    const auto meanwhile =
        figures_of(static_cast<double>(exchange.deliveries().delivered()) / seconds, exchange.deliveries().delays());

    std::printf("%s, each %llu changes behind, beside %u that are level and %.0f webhooks/s\n\n",
                shown_crowd(returning.clients().settings()).c_str(), static_cast<unsigned long long>(settings.behind),
                settings.live, settings.rate);
    print_heads();
    print_row("webhook to frame, before", before);
    print_row("webhook to frame, meanwhile", meanwhile);
    exchange.note_refusals();
    std::printf("\n%-34s %10.2f\n", "p99 meanwhile / before", milliseconds(meanwhile.p99) / milliseconds(before.p99));
    std::printf("%-34s %10.0f MB/s: %.0f MB in %.2f s\n", "catching up", megabytes / seconds, megabytes, seconds);
    std::printf("\n    returning: %llu changes, %llu missing, %llu double, %llu out of order\n",
                static_cast<unsigned long long>(returning.changes()),
                static_cast<unsigned long long>(returning.missing()),
                static_cast<unsigned long long>(returning.order().doubled()),
                static_cast<unsigned long long>(returning.order().reordered()));
    std::printf("    live: %s\n", shown_flaws(exchange.deliveries()).c_str());
    if (server.is_on()) std::printf("    server: %.0f %% of a core, grew by %.1f MB\n", core_share * 100, growth_mb);
    return returning.missing() == 0 && returning.order().doubled() == 0 && returning.order().reordered() == 0 &&
           all_have_all && exchange.is_flawless();
}

}  // namespace stockcast::bench
