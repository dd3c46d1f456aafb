#include "app/alert_poster.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t id_bytes = 18;
constexpr const char* posts_help = "Alerts to ALERT_WEBHOOK_URL, by what became of them.";

bool is_loopback(const std::string& host) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    return host == "localhost" || (!no_address && address.is_loopback());
}

bool is_target_character(char c) {
    return c > ' ' && c < 0x7f && c != '#' && c != '\\';
}

}  // namespace

Result<AlertTarget> AlertTarget::parse(std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), is_target_character)) return Errc::malformed;
    const auto mark = std::min(text.find('?'), text.size());
    auto url = HttpUrl::parse(text.substr(0, mark));
    if (!url) return url.error();
    if (!url->endpoint.secure && !is_loopback(url->endpoint.host)) return Errc::malformed;
    AlertTarget target;
    // As it is written: a `/` at the end, which HttpUrl cuts, can be another resource.
    const auto path = std::min(text.find('/', text.find("://") + 3), mark);
    target.target = text.substr(path);
    if (!target.target.starts_with('/')) target.target.insert(0, "/");
    target.url = *std::move(url);
    return target;
}

AlertPoster::AlertPoster(AlertTarget target, SigningKey key, Connector& connector, asio::any_io_executor executor,
                         Clock& clock, Random& random, Log& log, Metrics& metrics, AlertPosterLimits limits)
    : target_(std::move(target)),
      key_(std::move(key)),
      clock_(clock),
      random_(random),
      log_(log),
      limits_(limits),
      http_(connector, target_.url.endpoint, target_.url.host_field(),
            {.body_bytes = std::size_t{64} * 1024, .repeat_on_dead_connection = false}, clock),
      queued_(std::move(executor)),
      delivered_(metrics.counter("stockcast_alert_posts_total", posts_help, {{"outcome", "delivered"}})),
      failed_attempts_(metrics.counter("stockcast_alert_posts_total", posts_help, {{"outcome", "failed"}})),
      dropped_(metrics.counter("stockcast_alert_posts_total", posts_help, {{"outcome", "dropped"}})) {
    metrics.gauge("stockcast_alert_posts_waiting", "Alerts that wait to be POSTed to ALERT_WEBHOOK_URL.", {},
                  [this] { return static_cast<double>(waiting_.size()); });
}

void AlertPoster::post(const Alert& alert) {
    if (waiting_.size() == limits_.waiting_max) {
        waiting_.pop_front();
        dropped_.add();
    }
    waiting_.push_back({"alert_" + random_.token(id_bytes), alert_event(alert), clock_.now()});
    queued_.notify_all();
}

asio::awaitable<void> AlertPoster::wait_until_delivered(std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds look_every{10};
    const auto deadline = clock_.now() + patience;
    while (!waiting_.empty() && clock_.now() < deadline)
        if (const auto slept = co_await clock_.sleep_for(look_every); !slept) co_return;
}

asio::awaitable<void> AlertPoster::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    unsigned failures = 0;
    for (;;) {
        while (waiting_.empty())
            if (const auto woken = co_await queued_.wait(); !woken) co_return;

        const Message message = waiting_.front();
        const auto delivered = co_await deliver(message);
        if (delivered == Delivered::stopping) co_return;
        const bool is_first = failures == 0;
        failures = delivered == Delivered::yes ? 0 : failures + 1;
        const auto pause = delivered == Delivered::yes ? std::nullopt : pause_after(failures, message);
        if (!pause) {
            // It may have made room for a newer one meanwhile.
            if (!waiting_.empty() && waiting_.front().id == message.id) waiting_.pop_front();
            if (delivered == Delivered::yes) continue;
            dropped_.add();
            log_.error({"An alert could not be sent to ALERT_WEBHOOK_URL and is given up: {why}",
                        "No se pudo enviar una alerta a ALERT_WEBHOOK_URL y se desiste: {why}"},
                       {{"why", why_}});
            failures = 0;
            continue;
        }
        if (is_first)
            log_.warning(Mark::error,
                         {"An alert could not be sent to ALERT_WEBHOOK_URL: {why}. It is tried again",
                          "No se pudo enviar una alerta a ALERT_WEBHOOK_URL: {why}. Se intenta de nuevo"},
                         {{"why", why_}});
        if (const auto slept = co_await clock_.sleep_for(*pause); !slept) co_return;
    }
}

HttpClientRequest AlertPoster::request_for(const Message& message) const {
    const auto now = clock_.wall().unix_ms() / 1000;
    HttpClientRequest request{.method = "POST", .target = target_.target, .fields = {}, .body = message.body};
    request.fields.add("Content-Type", "application/json");
    request.fields.add("User-Agent", "stockcast");
    request.fields.add("webhook-id", message.id);
    request.fields.add("webhook-timestamp", std::to_string(now));
    request.fields.add("webhook-signature", key_.sign(message.id, now, message.body));
    return request;
}

asio::awaitable<AlertPoster::Delivered> AlertPoster::deliver(const Message& message) {
    const auto answer = co_await http_.exchange(request_for(message), clock_.now() + limits_.answer_within);
    http_.close();  // the next alert may be days away
    if (answer && answer->status / 100 == 2) {
        delivered_.add();
        co_return Delivered::yes;
    }
    if (!answer && answer.error().reason == Errc::stopping) co_return Delivered::stopping;
    failed_attempts_.add();
    why_ = answer ? "it answered " + std::to_string(answer->status) : answer.error().detail;
    co_return Delivered::failed;
}

std::optional<std::chrono::milliseconds> AlertPoster::pause_after(unsigned failures, const Message& message) const {
    constexpr unsigned doublings_max = 20;
    const auto doubled = limits_.first_pause * (1 << std::min(failures - 1, doublings_max));
    auto pause = std::min<std::chrono::milliseconds>(doubled, limits_.longest_pause);
    // Up to a fifth more, so that servers that were told at once don't come back at once.
    pause += std::chrono::milliseconds{random_.below(static_cast<std::uint64_t>(pause.count() / 5) + 1)};
    if (clock_.now() + pause > message.made + limits_.give_up_after) return std::nullopt;
    return pause;
}

}  // namespace stockcast
