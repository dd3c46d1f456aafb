#include "simulation/mail.hpp"

#include "stockcast/net/http_client.hpp"

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t couriers_max = 1'000;
constexpr auto patience = 10s;

}  // namespace

Mail::Mail(std::uint64_t seed, Process& process, Network& network, Log& log, const Post& post)
    : chance_(seed, "mail"),
      process_(process),
      connector_(network.connector(process)),
      couriers_(process.executor(), process.clock(), log),
      post_(post) {}

void Mail::post(sim::Letter letter) {
    if (chance_.chance(post_.lost)) return;
    const auto delay = [this] {
        return chance_.chance(post_.late) ? chance_.duration(1s, post_.latest) : chance_.duration(1ms, 500ms);
    };
    if (chance_.chance(post_.doubled)) send(letter, delay());
    send(std::move(letter), delay());
}

void Mail::forge(std::string url, std::string body) {
    send({std::move(url), std::move(body)}, 0s);
}

void Mail::send(sim::Letter letter, std::chrono::nanoseconds delay) {
    if (couriers_.size() < couriers_max) couriers_.spawn("courier", deliver(std::move(letter), delay));
}

asio::awaitable<void> Mail::deliver(sim::Letter letter, std::chrono::nanoseconds delay) {
    auto& clock = process_.clock();
    const auto slept = co_await clock.sleep_for(delay);
    const auto url = HttpUrl::parse(letter.url);
    if (!slept || !url) co_return;

    HttpClient client{*connector_, url->endpoint, url->host_field(), {}, clock};
    HttpClientRequest request;
    request.method = "POST";
    request.target = url->path;
    request.fields.add("Content-Type", "application/json");
    request.body = letter.body;
    const auto answer = co_await client.exchange(std::move(request), clock.now() + patience);
    if (answer && answer->status >= 200 && answer->status < 300) on_acknowledged(letter.url, letter.body);
}

}  // namespace stockcast::simulation
