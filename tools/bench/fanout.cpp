#include "bench/crowd.hpp"
#include "bench/deliveries.hpp"
#include "bench/notification.hpp"
#include "bench/numbering.hpp"
#include "bench/posts.hpp"
#include "bench/raw_server.hpp"
#include "bench/stream.hpp"
#include "bench/table.hpp"

#include "stockcast/base/json.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <sys/epoll.h>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t subscribers_tag = std::uint64_t{1} << 32U;
constexpr auto warm_up = 1s;    ///< not measured
constexpr auto patience = 10s;  ///< for a change that some client does not have

/// Where the load goes to, and what it is made of.
struct Load {
    HttpUrl publish;
    std::string connect;  ///< as subscribers_of() takes it
    Publisher::Request requests;
    Numbering::Rule rule = Numbering::Rule::by_sight;
    std::uint64_t made_before = 0;  ///< of the requests, none of which is measured: each product once
};

Load load_of(const FanoutSettings& settings, const std::optional<RawServer>& raw) {
    Load load;
    load.publish = parsed_url(raw ? raw->url() : settings.url);
    if (raw || !settings.connect.empty()) {
        load.connect = raw ? raw->url() : settings.connect;
        load.requests = posts_to(load.publish.host_field(), load.publish.path);
        return load;
    }
    load.connect = server_of(load.publish);
    load.requests =
        requests_of(Notifications{{load.publish.host_field(), load.publish.path, settings.company_key,
                                   settings.products, settings.seed, Notifications::Settings::Shape::concise}});
    load.rule = Numbering::Rule::by_seq;
    load.made_before = settings.products;
    return load;
}

struct Result {
    double seconds = 0;
    std::uint64_t delivered = 0;
    double per_second() const { return static_cast<double>(delivered) / seconds; }
};

class Fanout {
public:
    Fanout(const FanoutSettings& settings, Load load, unsigned pid)
        : settings_(settings),
          made_before_(load.made_before),
          epoll_(new_epoll()),
          triggers_(target_of(load.publish, settings.crowd.ca), std::move(load.requests), settings.rate, epoll_.get(),
                    0),
          crowd_(subscribers_of(settings.crowd, load.connect)),
          deliveries_(settings.crowd.clients),
          numbering_(load.rule, Notifications::figure_of(made_before_)),
          memory_(pid),
          cpu_(pid) {}

    /// The first notification of a product makes it, which is another message than what is measured.
    void make_products() {
        std::uint64_t made = 0;
        while (made < made_before_ || !triggers_.is_settled()) {
            while (made < made_before_ && triggers_.send_now(now())) ++made;
            turn(100ms);
        }
        triggers_.begin_measuring();
    }

    void connect() {
        memory_.begin();
        subscribers_.emplace(
            crowd_, epoll_.get(), subscribers_tag,
            [this](std::size_t client, std::string_view message, Time at) { take(client, message, at); });
        subscribers_->connect_all();
        growth_kb_ = memory_.resident_growth_kb() / static_cast<double>(crowd_.count);
    }

    void run() {
        triggers_.on_sent([this](Time due) { deliveries_.triggered(due); });
        const auto began = now();
        triggers_.begin(began);
        run_until(began + warm_up);
        deliveries_.begin_measuring(now());
        triggers_.begin_measuring();
        cpu_.begin();
        const auto measured_from = now();
        run_until(measured_from + std::chrono::seconds{settings_.seconds});
        result_.seconds = std::chrono::duration<double>(now() - measured_from).count();
        result_.delivered = deliveries_.delivered();
        core_share_ = cpu_.core_share();
        cpu_a_delivery_ = cpu_.cpu() / static_cast<std::int64_t>(std::max<std::uint64_t>(result_.delivered, 1));
        const auto end = now() + patience;
        while ((deliveries_.in_flight() > 0 || !triggers_.is_settled()) && now() < end) turn(10ms);
    }

    void print() const {
        const auto each = settings_.rate > 0 ? std::to_string(static_cast<int>(settings_.rate)) + " changes/s"
                                             : std::to_string(settings_.in_flight) + " in flight";
        std::printf("%s, changes of %zu bytes, %s, %u s\n\n", shown_crowd(crowd_).c_str(), message_bytes_, each.c_str(),
                    settings_.seconds);
        print_heads();
        print_row("trigger answered", static_cast<double>(triggers_.answered().count()) / result_.seconds,
                  triggers_.answered());
        print_row("trigger to frame at the client", result_.per_second(), deliveries_.delays());
        std::printf("%-34s %10.0f\n", "deliveries while any flows", flow_per_second());
        std::printf("\n    %llu missing, %llu double, %llu out of order\n",
                    static_cast<unsigned long long>(deliveries_.missing()),
                    static_cast<unsigned long long>(deliveries_.doubled()),
                    static_cast<unsigned long long>(deliveries_.reordered()));
        if (cpu_.is_on())
            std::printf("    server: %.0f %% of a core, %s a delivery; %.1f kB a client\n", core_share_ * 100,
                        shown(cpu_a_delivery_).c_str(), growth_kb_);
        if (triggers_.refused() > 0) print_note("triggers: " + listed(triggers_.by_status()));
    }

    void print_json() const {
        const auto decimal = [](double value) {
            char text[32];
            std::snprintf(text, sizeof text, "%.3f", value);
            return std::string{text};
        };
        const auto ms = [&](std::chrono::nanoseconds duration) {
            return decimal(static_cast<double>(duration.count()) / 1e6);
        };
        const auto count = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
        std::string line;
        JsonObjectWriter writer{line};
        writer.raw("deliveries_per_second", decimal(result_.per_second()))
            .raw("while_flowing_per_second", decimal(flow_per_second()))
            .raw("p50_ms", ms(deliveries_.delays().percentile(0.5)))
            .raw("p99_ms", ms(deliveries_.delays().percentile(0.99)))
            .raw("max_ms", ms(deliveries_.delays().max()))
            .number("message_bytes", count(message_bytes_))
            .number("missing", count(deliveries_.missing()))
            .number("double", count(deliveries_.doubled()))
            .number("reordered", count(deliveries_.reordered()))
            .number("refused", count(triggers_.refused()));
        if (cpu_.is_on())
            writer.raw("core_share", decimal(core_share_)).raw("resident_kb_per_client", decimal(growth_kb_));
        writer.close();
        std::printf("%s\n", line.c_str());
    }

    bool is_good() const { return deliveries_.is_flawless() && triggers_.refused() == 0 && result_.delivered > 0; }

private:
    void run_until(Time end) {
        for (auto at = now(); at < end; at = now()) {
            if (settings_.rate > 0) {
                triggers_.send_due(at);
            } else {
                while (deliveries_.in_flight() < settings_.in_flight && triggers_.send_now(now())) {
                }
            }
            turn(settings_.rate > 0 ? 1ms : 100ms);
            if (triggers_.refused() > 0) throw std::runtime_error("triggers: " + listed(triggers_.by_status()));
            if (settings_.rate > 0 || deliveries_.everywhere() != complete_) {
                complete_ = deliveries_.everywhere();
                moved_at_ = at;
            } else if (at - moved_at_ > patience) {
                throw std::runtime_error("a change did not reach every client within 10 s: " +
                                         std::to_string(deliveries_.missing()) + " frames are missing");
            }
        }
    }

    void turn(std::chrono::milliseconds limit) {
        const int ready = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                       static_cast<int>(limit.count()));
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        // The answers first: the next trigger must not wait until this process has read for all clients.
        const auto of = [&](int i) { return events_[static_cast<std::size_t>(i)].data.u64; };
        for (int i = 0; i < ready; ++i)
            if (of(i) < subscribers_tag) triggers_.take_answer(of(i));
        for (int i = 0; i < ready; ++i)
            if (of(i) >= subscribers_tag) subscribers_->notice(of(i));
    }

    void take(std::size_t client, std::string_view payload, Time at) {
        const auto message = message_of(payload);
        if (message.kind == Message::Kind::hello) deliveries_.begin(client, message.seq + 1);
        if (message.kind != Message::Kind::change) return;
        const auto numbered = numbering_(message, payload);
        deliveries_.seen(client, numbered.place, numbered.trigger, at);
        message_bytes_ = payload.size();
    }

    const FanoutSettings& settings_;
    const std::uint64_t made_before_;
    Descriptor epoll_;
    Stream triggers_;
    Subscribers::Settings crowd_;
    std::optional<Subscribers> subscribers_;
    Deliveries deliveries_;
    Numbering numbering_;
    Watch memory_, cpu_;
    std::array<epoll_event, 512> events_;
    std::uint64_t complete_ = 0;
    Time moved_at_ = now();
    std::size_t message_bytes_ = 0;
    Result result_;
    double growth_kb_ = 0, core_share_ = 0;
    std::chrono::nanoseconds cpu_a_delivery_{};

    double flow_per_second() const {
        const auto seconds = std::chrono::duration<double>(deliveries_.flowing()).count();
        return seconds > 0 ? static_cast<double>(deliveries_.delivered()) / seconds : 0;
    }
};

}  // namespace

bool fanout(const FanoutSettings& settings) {
    raise_descriptor_limit();
    std::optional<RawServer> raw;
    if (!settings.raw.empty()) {
        using Sending = RawServer::Settings::Sending;
        raw.emplace(RawServer::Settings{settings.raw == "joined" ? Sending::joined : Sending::each, settings.sync_in,
                                        settings.raw_core});
    }
    Fanout fanout{settings, load_of(settings, raw), raw ? raw->pid() : settings.crowd.pid};
    fanout.make_products();
    fanout.connect();
    fanout.run();
    settings.json ? fanout.print_json() : fanout.print();
    return fanout.is_good();
}

}  // namespace stockcast::bench
