// /api/events of the real server: the ways in, resuming over a kill, filters, slow readers, the token's end. What its
// messages look like, heartbeats and the goodbye of a stop are proven in tests/contract.
#include "e2e/event_stream.hpp"
#include "e2e/world.hpp"

#include "stockcast/http/jwt.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace stockcast::e2e {
namespace {

using Fields = std::map<std::string, std::string>;

const World::Options alone{.server = {{"SIIGO_ENABLED", "false"}, {"LOG_LEVEL", "error"}, {"RATE_LIMIT_OPEN", "0"}}};

EventStream events(World& world, const std::string& query = "", Fields fields = {}) {
    fields.emplace("Authorization", "Bearer " + World::viewer_token());
    return {world.port(), "/api/events" + query, {.fields = std::move(fields)}};
}

std::string stamp(int n) {
    char text[40];
    std::snprintf(text, sizeof text, "2025-01-20T10:%02d:%02d.%03dZ", n / 60'000, n / 1000 % 60, n % 1000);
    return text;
}

/// The n-th state of the one product: each is a change.
std::string nth(int n) {
    return Notification{.quantity = std::to_string(n), .stock_updated = stamp(n)}.json();
}

/// What follows, up to and with `last`; `hello` and `caught_up` aside.
std::vector<std::string> seqs_until(EventStream& stream, std::uint64_t last) {
    std::vector<std::string> seqs;
    while (auto event = stream.next()) {
        if (event->type == "hello" || event->type == "caught_up") continue;
        seqs.push_back(text_of(event->message, "seq"));
        if (event->id.empty()) seqs.back() = event->type;
        if (seqs.back() == std::to_string(last)) break;
    }
    return seqs;
}

std::vector<std::string> sequence(std::uint64_t first, std::uint64_t last) {
    std::vector<std::string> seqs;
    for (; first <= last; ++first) seqs.push_back(std::to_string(first));
    return seqs;
}

/// The status, and whether the stream then says hello.
std::pair<unsigned, bool> opened(World& world, const std::string& query, const Fields& fields) {
    EventStream stream{world.port(), "/api/events" + query, {.fields = fields}};
    const auto status = stream.head().status;
    if (status != 200) return {status, false};
    CHECK(stream.head().fields.at("content-type") == "text/event-stream");
    const auto hello = stream.next();
    return {status, hello && hello->type == "hello" && text_of(hello->message, "epoch") == world.epoch()};
}

constexpr std::pair<unsigned, bool> open{200, true};
constexpr std::pair<unsigned, bool> refused{401, false};

TEST_CASE("the event stream opens by token, ticket or session, and for nobody else", "[e2e][events]") {
    World world{alone};
    world.start_server();
    const auto token = World::viewer_token();
    CHECK(opened(world, "", {{"Authorization", "Bearer " + token}}) == open);
    CHECK(opened(world, "?access_token=" + token, {}) == open);

    const auto ticket = text_of(world.post("/api/stream/ticket", "", token).json(), "ticket");
    CHECK(opened(world, "?ticket=" + ticket, {}) == open);
    CHECK(opened(world, "?ticket=" + ticket, {}) == refused);  // for one stream

    const auto cookie = world.post("/api/session", "", token).fields.at("set-cookie");
    CHECK(opened(world, "", {{"Cookie", cookie.substr(0, cookie.find(';'))}}) == open);

    CHECK(opened(world, "", {}) == refused);
    CHECK(opened(world, "", {{"Authorization", "Bearer x.y.z"}}) == refused);
    CHECK(opened(world, "?access_token=x.y.z", {}) == refused);

    const auto head =
        call(world.port(),
             {.method = "HEAD", .target = "/api/events", .fields = {{"Authorization", "Bearer " + token}}, .body = {}});
    CHECK(head.status == 200);
    CHECK(head.fields.at("content-type") == "text/event-stream");
    CHECK(world.stop_server() == 0);
}

TEST_CASE("a public event stream opens without a token", "[e2e][events]") {
    World world{alone};
    world.start_server({{"STREAM_PUBLIC", "true"}});
    CHECK(opened(world, "", {}) == open);
    CHECK(opened(world, "", {{"Authorization", "Bearer x.y.z"}}) == refused);
    CHECK(world.get("/api/changes", "").status == 401);
    CHECK(world.stop_server() == 0);
}

TEST_CASE("over kills and restarts an event stream loses, doubles and reorders nothing", "[e2e][events]") {
    World world{alone};
    int next = 1;
    std::vector<std::string> received;
    std::string id;
    for (int round = 0; round < 5; ++round) {
        world.start_server();
        std::jthread load{[&](const std::stop_token& killed) {
            Connection connection{world.port()};
            while (!killed.stop_requested()) {
                const auto answer = connection.call({.method = "POST",
                                                     .target = world.webhook_path(),
                                                     .fields = {{"Content-Type", "application/json"}},
                                                     .body = nth(next++)});
                if (answer.status != 200) return;
            }
        }};
        const auto seq = id.substr(id.find(':') + 1);
        // Each way to say where one was; the header goes before the address, which an EventSource can't change.
        auto stream = round == 0   ? events(world, "?since=0")
                      : round == 1 ? events(world, "", {{"Last-Event-ID", id}})
                      : round == 2 ? events(world, "", {{"Last-Event-ID", seq}})
                      : round == 3 ? events(world, "?since=" + seq + "&epoch=" + id.substr(0, id.find(':')))
                                   : events(world, "?since=0", {{"Last-Event-ID", id}});
        const auto so_far = received.size() + 40;
        while (received.size() < so_far) {
            const auto event = stream.next();
            if (!event) break;
            if (event->type == "hello" || event->type == "caught_up") continue;
            received.push_back(event->id.empty() ? event->type : text_of(event->message, "seq"));
        }
        world.kill_server();
        load.request_stop();
        load.join();
        id = stream.last_id();
        INFO("round " << round);
        REQUIRE(received == sequence(1, so_far));
        REQUIRE(id.ends_with(":" + received.back()));
    }
    world.start_server();
    const auto head = world.head();
    CHECK(head >= received.size());  // nobody was sent what the kill undid
    auto stream = events(world, "?since=0", {{"Last-Event-ID", id}});
    if (head > received.size()) CHECK(seqs_until(stream, head) == sequence(received.size() + 1, head));
    CHECK(world.stop_server() == 0);
}

TEST_CASE("an event stream that can't go on from where its client was says reset, and goes on live", "[e2e][events]") {
    World world{alone};
    world.start_server();
    for (int n = 1; n <= 3; ++n) REQUIRE(world.notify(nth(n)).status == 200);
    const auto epoch = world.epoch();
    int n = 4;
    for (const auto& [query, id] : std::vector<std::pair<std::string, std::string>>{{"", "another:2"},
                                                                                    {"", epoch + ":99"},
                                                                                    {"", "99"},
                                                                                    {"", "x"},
                                                                                    {"?since=99", ""},
                                                                                    {"?since=1&epoch=x", ""}}) {
        CAPTURE(query, id);
        const auto head = world.head();
        auto stream = id.empty() ? events(world, query) : events(world, query, {{"Last-Event-ID", id}});
        const auto hello = stream.next();
        REQUIRE(hello);
        CHECK(hello->type == "hello");
        const auto reset = stream.next();
        REQUIRE(reset);
        CHECK(reset->type == "reset");
        CHECK(reset->id.empty());
        CHECK(text_of(reset->message, "seq") == std::to_string(head));
        REQUIRE(world.notify(nth(n++)).status == 200);
        const auto change = stream.next_of("stock_updated");
        REQUIRE(change);
        CHECK(change->id == epoch + ":" + std::to_string(head + 1));
    }
    CHECK(world.stop_server() == 0);
}

TEST_CASE("an event stream is narrowed by its address, what was missed as well as what comes", "[e2e][events]") {
    World world{alone};
    world.start_server();
    const auto notify = [&](const std::string& code, int n) {
        const auto id = code == "A" ? "00000000-0000-4000-8000-000000000001" : "00000000-0000-4000-8000-000000000002";
        REQUIRE(
            world
                .notify(Notification{.id = id, .code = code, .quantity = std::to_string(n), .stock_updated = stamp(n)}
                            .json())
                .status == 200);
    };
    for (int n = 1; n <= 3; ++n)
        for (const auto* code : {"A", "B"}) notify(code, n);
    auto by_code = events(world, "?since=0&codes=B,C");
    auto by_type = events(world, "?since=0&types=product_created");
    auto by_warehouse = events(world, "?since=0&warehouses=1270");
    auto by_other_warehouse = events(world, "?since=0&warehouses=7");
    CHECK(seqs_until(by_code, 6) == std::vector<std::string>{"2", "4", "6"});
    CHECK(seqs_until(by_type, 2) == std::vector<std::string>{"1", "2"});
    CHECK(seqs_until(by_warehouse, 6).back() == "6");
    CHECK(by_other_warehouse.next_of("caught_up"));

    notify("A", 4);
    notify("B", 4);
    CHECK(seqs_until(by_code, 8) == std::vector<std::string>{"8"});
    CHECK(seqs_until(by_warehouse, 8) == std::vector<std::string>{"7", "8"});
    const auto none = std::chrono::milliseconds{200};
    CHECK_FALSE(by_type.next_of("stock_updated", none));
    CHECK_FALSE(by_other_warehouse.next_of("stock_updated", none));
    CHECK(world.stop_server() == 0);
}

TEST_CASE("a reader that falls behind the ring is fed from the change log, and misses nothing", "[e2e][events]") {
    World world{alone};
    world.start_server();
    const auto measured = [&](const std::string& series) {
        const auto text = world.get("/metrics", "").body;
        const auto at = text.find("\n" + series + " ");
        return at == std::string::npos
                   ? ""
                   : text.substr(at + series.size() + 2, text.find('\n', at + 1) - at - series.size() - 2);
    };
    EventStream slow{world.port(),
                     "/api/events?since=0",
                     {.fields = {{"Authorization", "Bearer " + World::viewer_token()}}, .receive_buffer = 8192}};
    REQUIRE(slow.next_of("hello"));

    // Long names fill the ring with few changes.
    Notification large{.name = std::string(64 * 1024, 'n')};
    std::uint64_t last = 0;
    for (int n = 1; last < 50 || measured("stockcast_stream_clients_behind_ring") != "1"; ++n) {
        REQUIRE(n < 2000);
        large.quantity = std::to_string(n);
        large.stock_updated = stamp(n);
        REQUIRE(world.notify(large.json()).status == 200);
        ++last;
    }
    CHECK(measured("stockcast_stream_log_reads") == "0");
    CHECK(seqs_until(slow, last) == sequence(1, last));
    REQUIRE(world.notify(nth(5000)).status == 200);
    CHECK(slow.next_of("stock_updated"));
    CHECK(eventually([&] { return measured("stockcast_stream_clients_behind") == "0"; }));
    CHECK(world.stop_server() == 0);
}

TEST_CASE("an event stream ends with its token", "[e2e][events]") {
    World world{alone};
    world.start_server();
    // Good for some more seconds, the leeway for wrong clocks included.
    const auto now = Instant::from_unix_ms(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    const auto token =
        JwtKeys::hs256(World::jwt_secret())
            ->sign(Role::viewer, "e2e", now - std::chrono::hours{1}, now - jwt_skew + std::chrono::seconds{4});
    REQUIRE(token);
    auto stream = events(world, "", {{"Authorization", "Bearer " + *token}});
    REQUIRE(stream.next_of("hello"));
    const auto close = stream.next_of("close");
    REQUIRE(close);
    CHECK(text_of(close->message, "code") == "4401");
    CHECK(close->id.empty());
    CHECK_FALSE(stream.next());
    CHECK(stream.has_ended());
    CHECK(opened(world, "", {{"Authorization", "Bearer " + *token}}) == refused);
    CHECK(world.stop_server() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
