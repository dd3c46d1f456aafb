#include "stockcast_replay.hpp"

#include "stockcast/net/http_client.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace stockcast::replay {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = 60s;
constexpr unsigned tries_max = 5;

HttpClientRequest request_of(const HttpUrl& url, std::string payload) {
    HttpClientRequest request;
    request.method = "POST";
    request.target = url.path.empty() ? "/" : url.path;
    request.fields.add("Content-Type", "application/json");
    request.fields.add("X-Stockcast-Replay", "1");
    request.body = std::move(payload);
    return request;
}

std::chrono::seconds named_wait(const HttpFields& fields) {
    const auto text = fields.get("Retry-After");
    unsigned seconds = 1;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::clamp(std::chrono::seconds{seconds}, 1s, 60s);
}

}  // namespace

bool Sent::all_taken() const {
    const auto taken = [](const auto& count) { return count.first >= 200 && count.first < 300; };
    return left == 0 && std::all_of(by_status.begin(), by_status.end(), taken);
}

asio::awaitable<Sent> send_all(Recording& recording, SendSettings settings, Connector& connector, Clock& clock) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    HttpClient client{connector, settings.url.endpoint, settings.url.host_field(), {}, clock};
    Sent sent;
    Instant first;
    const auto began = clock.now();
    for (std::size_t i = 0; i < recording.size(); ++i) {
        sent.left = recording.size() - i;
        auto webhook = recording.at(i);
        if (i == 0) first = webhook.received_at;
        if (settings.speed) {
            const std::chrono::duration<double> offset = webhook.received_at - first;
            const auto due = began + std::chrono::duration_cast<Steady::duration>(offset / *settings.speed);
            if (const auto slept = co_await clock.sleep_until(due); !slept) co_return sent;
        }

        unsigned status = 0;
        for (unsigned attempt = 1; attempt <= tries_max; ++attempt) {
            const auto answer =
                co_await client.exchange(request_of(settings.url, webhook.payload), clock.now() + answer_limit);
            if (answer.has_error() && answer.error().reason == Errc::stopping) co_return sent;
            status = answer.has_value() ? answer->status : 0;
            if (answer.has_value() && status != 429 && status != 503) break;
            if (attempt == tries_max) break;
            const auto wait = answer.has_value() ? named_wait(answer->fields) : 1s;
            if (const auto slept = co_await clock.sleep_for(wait); !slept) co_return sent;
        }
        ++sent.by_status[status];
        --sent.left;
        if (status == 0) co_return sent;  // nobody there: the rest would fare no better
    }
    co_return sent;
}

}  // namespace stockcast::replay
