#include "sim/courier.hpp"

#include "sim/webhook_url.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace stockcast::sim {
namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr std::size_t waiting_max = 10'000;
constexpr std::size_t lanes_max = 64;
/// A connection idle for longer may have been closed by the other side: a POST into it would be lost.
constexpr std::chrono::seconds idle_max{10};

asio::awaitable<bool> is_stopping() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

struct Courier::Lane {
    Lane(WebhookUrl to, Connector& connector, Clock& clock)
        : url(std::move(to)), client(connector, url.endpoint, url.host_field, HttpClientLimits{}, clock) {}

    WebhookUrl url;
    HttpClient client;
    std::deque<Parcel> queue;
    Steady used = Steady::min();
    bool driven = false;
};

Courier::Courier(Connector& connector, Clock& clock, Log& log, const Variants& variants, SimulatorCounts& counts)
    : connector_(connector), clock_(clock), log_(log), variants_(variants), counts_(counts) {}

Courier::~Courier() = default;

void Courier::start(TaskGroup& tasks) {
    tasks_ = &tasks;
    for (auto& parcel : std::exchange(early_, {})) queue(std::move(parcel));
}

void Courier::post(Letter letter) {
    if (counts_.notifications_waiting >= waiting_max) return drop();
    ++counts_.notifications_waiting;
    Parcel parcel{std::move(letter)};
    if (tasks_) {
        queue(std::move(parcel));
    } else {
        early_.push_back(std::move(parcel));
    }
}

void Courier::queue(Parcel parcel) {
    if (parcel.letter.delay > parcel.letter.delay.zero()) {
        tasks_->spawn("sim notification later", postpone(std::move(parcel)));
        return;
    }
    Lane* lane = lane_to(parcel.letter.url);
    if (!lane) {
        --counts_.notifications_waiting;
        return drop();
    }
    lane->queue.push_back(std::move(parcel));
    if (!std::exchange(lane->driven, true)) tasks_->spawn("sim notifications", drive(*lane));
}

Courier::Lane* Courier::lane_to(const std::string& url) {
    if (const auto known = lanes_.find(url); known != lanes_.end()) return known->second.get();
    auto parsed = WebhookUrl::parse(url);
    if (!parsed) return nullptr;
    if (lanes_.size() >= lanes_max) {
        const auto idle = std::find_if(lanes_.begin(), lanes_.end(), [](const auto& l) { return !l.second->driven; });
        if (idle == lanes_.end()) return nullptr;
        lanes_.erase(idle);
    }
    auto& lane = lanes_[url];
    lane = std::make_unique<Lane>(std::move(*parsed), connector_, clock_);
    return lane.get();
}

void Courier::drop() {
    if (counts_.notifications_dropped++ == 0) {
        log_.warning(Mark::webhook,
                     {"simulator: notifications are dropped, the receiver is too slow or its address is bad",
                      "simulador: se descartan notificaciones, el receptor va lento o su dirección está mal"});
    }
}

asio::awaitable<void> Courier::drive(Lane& lane) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!lane.queue.empty()) {
        const bool stopping = co_await is_stopping();
        if (stopping) break;
        Parcel parcel = std::move(lane.queue.front());
        lane.queue.pop_front();

        if (clock_.now() - idle_max > lane.used) lane.client.close();
        HttpClientRequest request;
        request.method = "POST";
        request.target = lane.url.target;
        request.fields.add("Content-Type", "application/json");
        request.body = parcel.letter.body;
        ++counts_.notifications_sent;
        const auto answer = co_await lane.client.exchange(std::move(request), clock_.now() + answer_limit);
        lane.used = clock_.now();
        settle(std::move(parcel), answer && answer->status >= 200 && answer->status < 300);
    }
    lane.driven = false;
}

void Courier::settle(Parcel parcel, bool accepted) {
    --counts_.notifications_waiting;
    if (accepted) {
        ++counts_.notifications_answered_2xx;
        return;
    }
    ++counts_.notifications_failed;
    if (parcel.tries >= variants_.notification_retries || counts_.notifications_waiting >= waiting_max) return;
    parcel.letter.delay = std::chrono::seconds{1} * (1 << std::min(parcel.tries, 10u));
    ++parcel.tries;
    ++counts_.notifications_waiting;
    queue(std::move(parcel));
}

asio::awaitable<void> Courier::postpone(Parcel parcel) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto slept = co_await clock_.sleep_for(parcel.letter.delay);
    parcel.letter.delay = parcel.letter.delay.zero();
    if (slept) queue(std::move(parcel));
}

}  // namespace stockcast::sim
