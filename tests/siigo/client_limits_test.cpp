#include "siigo/client_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;
using test::ClientWorld;
using test::Reply;

namespace {

std::size_t most_in_a_minute(const std::vector<test::ScriptedSiigo::Asked>& asked) {
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; last < asked.size(); ++last) {
        while (asked[last].at - asked[first].at >= 60s) ++first;
        most = std::max(most, last - first + 1);
    }
    return most;
}

Steady::duration least_between(const std::vector<test::ScriptedSiigo::Asked>& asked) {
    auto least = Steady::duration::max();
    for (std::size_t i = 1; i < asked.size(); ++i) least = std::min(least, asked[i].at - asked[i - 1].at);
    return least;
}

/// Calls that end in the order in which they are told.
struct Finished {
    std::vector<std::string> names;
    std::vector<error_code> errors;
};

void start_list(ClientWorld& world, Finished& finished, const std::string& name) {
    asio::co_spawn(world.io, world.client->list_products({}, {}),
                   [&finished, name](std::exception_ptr thrown, auto result) {
                       if (thrown) std::rethrow_exception(thrown);
                       finished.names.push_back(name);
                       finished.errors.push_back(result ? error_code{} : result.error());
                   });
}

void start_read(ClientWorld& world, Finished& finished, const std::string& name) {
    asio::co_spawn(world.io, world.client->get_products({test::product_id(1)}, Purpose::read, {}),
                   [&finished, name](std::exception_ptr thrown, auto result) {
                       if (thrown) std::rethrow_exception(thrown);
                       finished.names.push_back(name);
                       finished.errors.push_back(result ? error_code{} : result.error());
                   });
}

}  // namespace

TEST_CASE("the quota holds in any sliding minute, over restarts too, and so does the spacing", "[siigo]") {
    ClientWorld world;
    world.settings.requests_per_minute = 10;
    world.start();
    for (int i = 0; i < 60; ++i) {
        if (i % 7 == 6) world.start();
        world.otherwise.takes = std::chrono::milliseconds{world.random.below(3000)};
        REQUIRE(world.list());
    }
    CHECK(most_in_a_minute(world.siigo.asked()) <= 10);
    CHECK(least_between(world.siigo.asked()) >= 200ms);
    CHECK(world.client->status().sends_last_minute <= 10);
}

TEST_CASE("a new store has the full allowance, a damaged one none for a minute", "[siigo]") {
    ClientWorld world;
    for (int i = 0; i < 79; ++i) REQUIRE(world.list());
    const auto& asked = world.siigo.asked();
    CHECK(asked.size() == 80);
    CHECK(asked.back().at - asked.front().at < 20s);
    CHECK(world.client->wait_hint() > 40s);

    world.journal.last[3] = static_cast<char>(world.journal.last[3] ^ 1);
    world.clock.advance(10min);
    world.start();
    CHECK(world.log.has("can't be read"));
    CHECK(world.client->wait_hint() >= 60s);
}

TEST_CASE("what is sent was made durable before, and what can't be made durable is not sent", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    CHECK(world.journal.saves == 2);
    world.journal.fails = Errc::store_full;
    CHECK(world.list().error() == Errc::store_full);
    world.journal.fails = Errc::store_failed;
    CHECK(world.list().error() == Errc::store_failed);
    CHECK(world.siigo.asked().size() == 2);
}

TEST_CASE("many who wait cause one token, renewed early, once", "[siigo]") {
    ClientWorld world;
    Finished finished;
    for (int i = 0; i < 5; ++i) start_list(world, finished, std::to_string(i));
    world.clock.advance(world.io, 5s);
    CHECK(finished.names == std::vector<std::string>{"0", "1", "2", "3", "4"});
    CHECK(world.siigo.count("/auth") == 1);

    world.clock.advance(20h);
    for (int i = 0; i < 5; ++i) start_list(world, finished, "late");
    world.clock.advance(world.io, 5s);
    CHECK(finished.names.size() == 10);
    CHECK(world.siigo.count("/auth") == 2);
    CHECK(world.siigo.asked().back().fields.get("Authorization") == "Bearer token2");
}

TEST_CASE("a token that still holds is used on when its early renewal fails", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    world.clock.advance(20h);
    world.auth_script = {Reply{.status = 503}};
    REQUIRE(world.list());
    CHECK(world.siigo.asked().back().fields.get("Authorization") == "Bearer token1");
    REQUIRE(world.list());
    CHECK(world.siigo.count("/auth") == 2);
}

TEST_CASE("a 401 renews the token once and repeats the request once", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    world.script = {test::failed(401, "unauthorized")};
    REQUIRE(world.list());
    CHECK(world.siigo.count("/auth") == 2);
    CHECK(world.siigo.count("/v1") == 3);

    world.script = {test::failed(401, "unauthorized"), test::failed(401, "unauthorized")};
    CHECK(world.list().error() == Errc::siigo_unauthorized);
    CHECK(world.siigo.count("/auth") == 3);
    CHECK(world.siigo.count("/v1") == 5);
}

TEST_CASE("a waiting read goes before the rest of a pass, and the pass before the rest of the reads", "[siigo]") {
    ClientWorld world;
    world.otherwise.takes = 1s;
    Finished finished;
    for (int i = 0; i < 3; ++i) start_list(world, finished, "sync");
    test::run_until_idle(world.io);
    for (int i = 0; i < 3; ++i) start_read(world, finished, "read");
    world.clock.advance(world.io, 30s);
    CHECK(finished.names == std::vector<std::string>{"sync", "read", "sync", "read", "sync", "read"});
}

TEST_CASE("a call that is cancelled ends as stopping, at once, and gives its turn on", "[siigo]") {
    ClientWorld world;
    REQUIRE(world.list());
    world.script = {Reply{.wire = Reply::Wire::silent}, Reply{.status = 500}};
    Finished finished;
    asio::cancellation_signal stop, stop_waiting;
    const auto note = [&finished](const char* name) {
        return [&finished, name](std::exception_ptr thrown, Result<ProductPage> result) {
            if (thrown) std::rethrow_exception(thrown);
            finished.names.emplace_back(name);
            finished.errors.push_back(result ? error_code{} : result.error());
        };
    };
    asio::co_spawn(world.io, world.client->list_products({}, {}),
                   asio::bind_cancellation_slot(stop.slot(), note("sent")));
    asio::co_spawn(world.io, world.client->list_products({}, {}),
                   asio::bind_cancellation_slot(stop_waiting.slot(), note("waiting")));
    start_list(world, finished, "last");
    world.clock.advance(world.io, 1s);
    CHECK(world.siigo.count("/v1") == 2);

    stop_waiting.emit(asio::cancellation_type::terminal);
    test::run_until_idle(world.io);
    stop.emit(asio::cancellation_type::terminal);
    test::run_until_idle(world.io);
    CHECK(finished.names == std::vector<std::string>{"waiting", "sent"});
    CHECK(finished.errors[0] == Errc::stopping);
    CHECK(finished.errors[1] == Errc::stopping);

    world.clock.advance(world.io, 60s);
    CHECK(finished.names.back() == "last");
    CHECK_FALSE(finished.errors.back());
}

TEST_CASE("a call may be cancelled while it waits for the quota or for a retry", "[siigo]") {
    for (const bool quota : {true, false}) {
        INFO(quota);
        ClientWorld world;
        world.settings.requests_per_minute = quota ? 2 : 80;
        world.start();
        REQUIRE(world.list());
        if (!quota)
            world.script = {Reply{.status = 503, .fields = [] {
                                      HttpFields fields;
                                      fields.add("Retry-After", "30");
                                      return fields;
                                  }()}};
        asio::cancellation_signal stop;
        std::optional<error_code> error;
        asio::co_spawn(
            world.io, world.client->list_products({}, {}),
            asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown, Result<ProductPage> result) {
                if (thrown) std::rethrow_exception(thrown);
                error = result.error();
            }));
        world.clock.advance(world.io, 5s);
        CHECK_FALSE(error);
        stop.emit(asio::cancellation_type::terminal);
        test::run_until_idle(world.io);
        REQUIRE(error);
        CHECK(*error == Errc::stopping);
    }
}
