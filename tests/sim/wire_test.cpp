#include "support/recording_log.hpp"
#include "support/run.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_client.hpp"
#include "stockcast/net/http_server.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/sim/simulator.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::sim;
using namespace std::chrono_literals;

namespace {

/// What a shop's server is to SIIGO: it takes notifications, as slowly or badly as it is told.
class Receiver final : public HttpHandler {
public:
    Receiver(asio::any_io_executor executor, Clock& clock, Log& log)
        : server_(executor, {"127.0.0.1", 0}, HttpLimits{}, *this, nullptr, clock, log), arrived_(executor) {}

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook"; }
    asio::awaitable<void> run(TaskGroup& tasks) { co_await server_.run(tasks); }
    asio::awaitable<void> wait_for(std::size_t count) {
        while (bodies.size() < count) {
            const auto woken = co_await arrived_.wait();
            if (!woken) co_return;
        }
    }

    HttpVerdict judge(const HttpRequest&) override { return {std::nullopt, 1u << 20, false, nullptr}; }
    asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted>) override {
        bodies.push_back(std::move(request.body));
        arrived_.notify_all();
        HttpResponse answer;
        answer.status = status;
        co_return answer;
    }
    asio::awaitable<void> take_over(HttpRequest, std::unique_ptr<Admitted>, TakenOver) override { co_return; }
    HttpResponse refuse(unsigned refused, std::string_view) override {
        HttpResponse answer;
        answer.status = refused;
        return answer;
    }

    unsigned status = 200;
    std::vector<std::string> bodies;

private:
    HttpServer server_;
    Event arrived_;
};

struct World {
    explicit World(SimulatorSettings settings = {})
        : simulator(std::move(settings), io.get_executor(), *connector, clock, random, log),
          receiver(io.get_executor(), clock, log),
          client(*connector, {false, "127.0.0.1", simulator.port()}, "127.0.0.1", HttpClientLimits{}, clock) {}

    /// Runs `work` while simulator and receiver serve, then ends all.
    void run(asio::awaitable<void> work) { stockcast::test::run(io, all(std::move(work))); }

    asio::awaitable<void> all(asio::awaitable<void> work) {
        tasks.spawn("simulator", simulator.run(tasks));
        tasks.spawn("receiver", receiver.run(tasks));
        co_await std::move(work);
        client.close();
        co_await tasks.wind_down(2s);
    }

    asio::awaitable<HttpResponse> call(std::string method, std::string target, std::string body = "") {
        HttpClientRequest request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.fields.add("Partner-Id", "stockcastTest");
        if (!token.empty()) request.fields.add("Authorization", "Bearer " + token);
        if (!body.empty()) request.fields.add("Content-Type", "application/json");
        request.body = std::move(body);
        auto answer = co_await client.exchange(std::move(request), clock.now() + 10s);
        if (answer) co_return *answer;
        HttpResponse nothing;
        nothing.status = 0;
        nothing.body = answer.error().detail;
        co_return nothing;
    }

    asio::awaitable<void> log_in() {
        auto answer =
            co_await call("POST", "/auth", R"({"username":"demo@stockcast.example","access_key":"demo-access-key"})");
        token = *parse_json(answer.body).value().find("access_token")->if_string();
    }

    asio::io_context io;
    SystemClock clock;
    stockcast::test::SeededRandom random;
    stockcast::test::RecordingLog log;
    ThreadWorkers workers{1};
    std::unique_ptr<Connector> connector = make_connector(std::make_shared<TlsClientContext>(""), workers, clock, log);
    Simulator simulator;
    Receiver receiver;
    HttpClient client;
    TaskGroup tasks{io.get_executor(), clock, log};
    std::string token;
};

asio::awaitable<void> read_all_pages(World& world, std::size_t& rows) {
    co_await world.log_in();
    for (int page = 1; page <= 12; ++page) {
        const auto answer = co_await world.call("GET", "/v1/products?page_size=50&page=" + std::to_string(page));
        rows += parse_json(answer.body).value().find("results")->if_array()->size();
    }
}

asio::awaitable<void> meet_connection_faults(World& world, std::vector<unsigned>& statuses) {
    co_await world.log_in();
    const auto ask = [&]() { return world.call("GET", "/v1/warehouses"); };
    world.simulator.faults().cut_body = 1;
    auto answer = co_await ask();
    statuses.push_back(answer.status);
    answer = co_await ask();
    statuses.push_back(answer.status);
    world.simulator.faults().outage = true;
    answer = co_await ask();
    statuses.push_back(answer.status);
    answer = co_await world.call("POST", "/_sim/faults", R"({"outage":false})");
    statuses.push_back(answer.status);
    answer = co_await ask();
    statuses.push_back(answer.status);
}

asio::awaitable<void> hear_of_three_sales(World& world) {
    world.simulator.subscribe(world.receiver.url());
    const auto products = co_await world.call("GET", "/_sim/products");
    const std::string id = *parse_json(products.body).value().if_array()->front().find("id")->if_string();
    for (const auto stock : {"1", "2", "3"}) {
        const auto sold = co_await world.call("POST", "/_sim/sell", R"({"id":")" + id + R"(","stock":)" + stock + "}");
        if (sold.status != 200) throw std::runtime_error(sold.body);
    }
    co_await world.receiver.wait_for(3);
}

asio::awaitable<void> hear_of_a_day(World& world) {
    world.simulator.subscribe(world.receiver.url());
    co_await world.receiver.wait_for(50);
}

asio::awaitable<void> miss_one_and_hear_it_again(World& world) {
    world.simulator.subscribe(world.receiver.url());
    world.simulator.variants().notification_retries = 1;
    world.receiver.status = 503;
    const auto made = co_await world.call("POST", "/_sim/product", R"({"action":"create","code":"NEW-1"})");
    if (made.status != 200) throw std::runtime_error(made.body);
    co_await world.receiver.wait_for(2);
}

asio::awaitable<void> ask_for_counts(World& world, std::string& counts) {
    while (counts.empty()) {
        const auto answer = co_await world.call("GET", "/_sim/counts");
        if (answer.body.find(R"("notifications_waiting":0)") != std::string::npos) counts = answer.body;
    }
}

asio::awaitable<void> in_turn(asio::awaitable<void> first, asio::awaitable<void> second) {
    co_await std::move(first);
    co_await std::move(second);
}

}  // namespace

TEST_CASE("a full pass over real HTTP sees every product", "[sim][wire]") {
    World world;
    std::size_t rows = 0;
    world.run(read_all_pages(world, rows));
    CHECK(rows == 589);
    CHECK(world.simulator.counts().requests.at("GET /v1/products") == 12);
    CHECK(world.simulator.counts().requests.at("POST /auth") == 1);
}

TEST_CASE("a cut answer and an outage break the connection; commands still get through", "[sim][wire]") {
    World world;
    std::vector<unsigned> statuses;
    world.run(meet_connection_faults(world, statuses));
    CHECK(statuses == std::vector<unsigned>{0, 200, 0, 200, 200});
}

TEST_CASE("notifications of one product arrive in order over a kept connection", "[sim][wire]") {
    World world;
    std::string counts;
    world.run(in_turn(hear_of_three_sales(world), ask_for_counts(world, counts)));
    REQUIRE(world.receiver.bodies.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto body = parse_json(world.receiver.bodies[i]).value();
        CHECK(to_text(*body.find("available_quantity")) == std::to_string(i + 1));
    }
    CHECK(world.simulator.counts().notifications_answered_2xx == 3);
}

TEST_CASE("the shop's day goes on by itself while it serves", "[sim][wire]") {
    SimulatorSettings lively;
    lively.sales_per_minute = 60'000;
    World world{lively};
    world.run(hear_of_a_day(world));
    CHECK(world.receiver.bodies.size() >= 50);
    CHECK(world.simulator.counts().changes > 50);
}

TEST_CASE("a shop that can't keep up with its own rate ends all the same", "[sim][wire]") {
    SimulatorSettings hurried;
    hurried.sales_per_minute = 1e9;
    World world{hurried};
    world.run(hear_of_a_day(world));
    CHECK(world.simulator.counts().changes > 0);
}

TEST_CASE("a refused notification is sent again only where the variant says so", "[sim][wire]") {
    World world;
    std::string counts;
    world.run(in_turn(miss_one_and_hear_it_again(world), ask_for_counts(world, counts)));
    CHECK(world.receiver.bodies.size() == 2);
    CHECK(world.simulator.counts().notifications_failed == 2);
}
