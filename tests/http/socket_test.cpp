#include "http/scripted_stream.hpp"
#include "http/world.hpp"
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

RequestBuilder upgrade(std::string_view target) {
    return get(target)
        .with("Upgrade", "websocket")
        .with("Connection", "Upgrade")
        .with("Sec-WebSocket-Version", "13")
        .with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
}

/// A client whose connection has left HTTP.
struct Listening {
    Listening(World& its_world, const HttpRequest& request, std::unique_ptr<Admitted> admitted) : world(its_world) {
        TakenOver connection{std::make_unique<ScriptedStream>(world.io.get_executor(), client),
                             "",
                             {nullptr, [this](const void*) { over = true; }}};
        asio::co_spawn(world.io, world.api->take_over(request, std::move(admitted), std::move(connection)),
                       [](std::exception_ptr thrown) {
                           if (thrown) std::rethrow_exception(thrown);
                       });
        run_until_idle(world.io);
    }
    /// Until the server has let go of it, for a few seconds at most.
    void wait_until_over() {
        for (int i = 0; i < 5 && !over; ++i) world.clock.advance(world.io, 1s);
        CHECK(over);
    }

    World& world;
    std::shared_ptr<ScriptedStream::Client> client = std::make_shared<ScriptedStream::Client>();
    bool over = false;
};

/// What the server wrote to a client that connected so and then left. Nothing: it was refused before the upgrade.
std::string connected(World& world, const HttpRequest& request) {
    auto verdict = world.api->judge(request);
    if (verdict.refusal) return "refused with " + std::to_string(verdict.refusal->status);
    REQUIRE(verdict.leaves_http);
    Listening listening{world, request, std::move(verdict.admitted)};
    listening.client->leave();
    listening.wait_until_over();
    return listening.client->received;
}

bool is_open(const std::string& received) {
    return received.starts_with("HTTP/1.1 101 Switching Protocols\r\n") &&
           received.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos &&
           received.find(R"("type":"hello")") != std::string::npos;
}

}  // namespace

TEST_CASE("a WebSocket opens with the token in any of its three places", "[http][socket]") {
    World world;
    const auto token = world.token(Role::viewer);
    CHECK(is_open(connected(world, upgrade("/ws").bearing(token))));
    CHECK(is_open(connected(world, upgrade("/ws?access_token=" + token))));
    const auto by_protocol = connected(world, upgrade("/ws").with("Sec-WebSocket-Protocol", "chat, bearer." + token));
    CHECK(is_open(by_protocol));
    CHECK(by_protocol.find("Sec-WebSocket-Protocol: bearer." + token + "\r\n") != std::string::npos);
    CHECK(connected(world, upgrade("/ws").bearing(token)).find("Sec-WebSocket-Protocol") == std::string::npos);
}

TEST_CASE("a WebSocket is refused before the upgrade", "[http][socket]") {
    World world;
    const auto token = world.token(Role::viewer);
    CHECK(connected(world, upgrade("/ws")) == "refused with 401");
    CHECK(connected(world, upgrade("/ws").bearing("x")) == "refused with 401");
    CHECK(connected(world, upgrade("/ws?access_token=x")) == "refused with 401");
    CHECK(connected(world, upgrade("/ws").with("Sec-WebSocket-Protocol", "bearer.")) == "refused with 401");
    CHECK(connected(world, upgrade("/ws?since=x").bearing(token)) == "refused with 400");
    CHECK(connected(world, upgrade("/ws?epoch=").bearing(token)) == "refused with 400");
    CHECK(connected(world, upgrade("/ws?sinse=1").bearing(token)) == "refused with 400");
    CHECK(connected(world, get("/ws").bearing(token)) == "refused with 426");
    const auto refused = world.ask(get("/ws").bearing(token));
    CHECK(refused.fields.get("Upgrade") == "websocket");
    CHECK(refused.fields.get("Content-Type") == "application/problem+json");
}

TEST_CASE("only pages of known origins may open a WebSocket", "[http][socket]") {
    auto settings = usual_settings();
    settings.api.cors_origins = {"https://panel.example"};
    World world{settings};
    const auto token = world.token(Role::viewer);
    struct Row {
        const char* origin;
        bool open;
    };
    const auto row = GENERATE(values<Row>({{"http://shop.example", true},
                                           {"https://shop.example", true},  // TLS may end at a proxy
                                           {"https://panel.example", true},
                                           {"http://panel.example", false},
                                           {"https://shop.example.evil", false},
                                           {"https://evil.example", false},
                                           {"shop.example", false},
                                           {"null", false},
                                           {"", false}}));
    CAPTURE(row.origin);
    const auto received = connected(world, upgrade("/ws").bearing(token).with("Origin", row.origin));
    CHECK(is_open(received) == row.open);
    if (!row.open) CHECK(received == "refused with 403");
}

TEST_CASE("over TLS a page of the same host without TLS is another origin", "[http][socket]") {
    World world;
    HttpRequest request = upgrade("/ws").bearing(world.token(Role::viewer)).with("Origin", "http://shop.example");
    request.secure = true;
    CHECK(connected(world, request) == "refused with 403");
}

TEST_CASE("a public stream needs no token, but a bad one is still bad", "[http][socket]") {
    auto settings = usual_settings();
    settings.api.stream_public = true;
    World world{settings};
    CHECK(is_open(connected(world, upgrade("/ws"))));
    CHECK(connected(world, upgrade("/ws").bearing("x")) == "refused with 401");
    CHECK(world.ask(get("/api/stats")).status == 401);
}

TEST_CASE("a WebSocket goes on from where it says", "[http][socket]") {
    World world;
    world.observe(observation().about(1).coded("A").named("a").with_stock(5).as_of("10:00"));
    world.observe(observation().about(1).coded("A").named("a").with_stock(4).as_of("10:01"));
    const auto token = world.token(Role::viewer);
    const auto received = connected(world, upgrade("/ws?since=1&epoch=" + world.ledger->status().epoch).bearing(token));
    CHECK(received.find(R"("newStock":4)") != std::string::npos);
    CHECK(received.find(R"("seq":1,)") == std::string::npos);
    CHECK(received.find("caught_up") != std::string::npos);
    CHECK(connected(world, upgrade("/ws?since=1&epoch=another").bearing(token)).find(R"("type":"reset")") !=
          std::string::npos);
    CHECK(connected(world, upgrade("/ws").bearing(token)).find("stock_updated") == std::string::npos);
}

TEST_CASE("an admin sees who listens, and ends a stream", "[http][socket][streams]") {
    World world;
    const auto admin = world.token(Role::admin);
    const auto request = upgrade("/ws").bearing(world.token(Role::viewer, "caja-1")).from("203.0.113.9");
    auto verdict = world.api->judge(request);
    REQUIRE(verdict.leaves_http);
    Listening listening{world, request, std::move(verdict.admitted)};

    const auto list = world.ask_among_streams(get("/api/streams").bearing(admin));
    CHECK(list.status == 200);
    CHECK(text_at(list, "streams.0.transport") == "websocket");
    CHECK(text_at(list, "streams.0.address") == "203.0.113.9");
    CHECK(text_at(list, "streams.0.subject") == "caja-1");
    CHECK(text_at(list, "streams.0.filter") == "null");
    CHECK(text_at(list, "streams.0.lag_changes") == "0");
    CHECK(text_at(list, "streams.0.lag_seconds") == "0.000");
    CHECK(text_at(list, "next") == "null");
    CHECK(world.ask_among_streams(get("/api/streams").bearing(world.token(Role::viewer))).status == 403);
    CHECK(world.ask_among_streams(get("/api/streams?cursor=x").bearing(admin)).status == 400);
    CHECK(world.ask_among_streams(get("/api/streams?limit=0").bearing(admin)).status == 400);

    const auto id = text_at(list, "streams.0.id");
    const auto end = [&](const std::string& which) {
        return world.ask_among_streams(RequestBuilder{"DELETE", "/api/streams/" + which}.bearing(admin));
    };
    CHECK(end("x").status == 404);
    CHECK(end(id + "0").status == 404);
    CHECK(end(id).status == 200);
    listening.wait_until_over();
    CHECK(listening.client->received.find("ended by an administrator") != std::string::npos);
    CHECK(end(id).status == 404);
    CHECK(text_at(world.ask_among_streams(get("/api/audit").bearing(admin)), "audit.0.path") == "/api/streams/" + id);
}
