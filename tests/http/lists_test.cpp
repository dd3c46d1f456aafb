// What all lists have in common: the way to the next page, tags, and who waits while much is being read.
#include "http/entity_tag.hpp"
#include "http/list_answer.hpp"
#include "http/readers.hpp"
#include "http/world.hpp"
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

/// Keeps what it is given until it is told to go on.
class HeldWorkers final : public Workers {
public:
    void post(std::function<void()> job) override { jobs.push_back(std::move(job)); }
    void release() {
        for (auto& job : std::exchange(jobs, {})) job();
    }
    std::vector<std::function<void()>> jobs;
};

/// The target that a Link leads to.
std::string next_of(const HttpResponse& response) {
    const auto link = response.fields.get("Link");
    const auto end = link.find('>');
    REQUIRE(link.starts_with("<"));
    REQUIRE(link.substr(end) == ">; rel=\"next\"");
    return std::string{link.substr(1, end - 1)};
}

Observation seen(std::uint64_t n) {
    const auto code = "P-" + std::to_string(n);
    return observation().about(n).coded(code).named("Caf\xc3\xa9 & t\xc3\xa9").with_stock(1).as_of("10:00").by_read();
}

}  // namespace

TEST_CASE("Link leads through all pages and keeps what was asked for", "[http][lists]") {
    World world;
    const auto token = world.token(Role::admin);
    for (std::uint64_t n = 11; n <= 15; ++n) world.observe(seen(n));
    for (const char* figure : {"2", "3", "4"})
        world.ask(notify(notification(figure, "2025-01-20T10:3" + std::string{figure} + ":00Z")));
    struct Case {
        std::string target, list;
        std::size_t entries;
    };
    for (const auto& [target, list, entries] : {Case{"/api/products?limit=2&search=caf%C3%A9+%26", "products", 5},
                                                Case{"/api/webhooks/logs?limit=1&processed=true", "logs", 3},
                                                Case{"/api/products/P-11/history?by=code&limit=1", "history", 1},
                                                Case{"/api/changes?limit=3", "changes", 8}}) {
        CAPTURE(target);
        std::set<std::string> all;
        std::string next = target;
        for (int page = 0; !next.empty(); ++page) {
            REQUIRE(page < 10);
            const auto response = world.ask(get(next).bearing(token));
            REQUIRE(response.status == 200);
            const auto found = member(parsed(response), list);
            for (const auto& entry : *found.if_array()) all.insert(to_text(entry));
            next = response.fields.has("Link") ? next_of(response) : "";
            if (list != "changes") CHECK(next.empty() == (text_at(response, "next") == "null"));
        }
        CHECK(all.size() == entries);
    }
}

TEST_CASE("a path can't break out of its Link", "[http][lists]") {
    Call call;
    call.request.target = "/api/a\"><b?limit=1";
    call.query = *Query::parse("limit=1&cursor=old&search=a%3Eb");
    CHECK(link_to_next(call, "cursor", "x\"y") == "</api/a%22%3E%3Cb?limit=1&search=a%3Eb&cursor=x%22y>; rel=\"next\"");
}

TEST_CASE("what has not changed is 304, by the tag of the answer before", "[http][lists]") {
    World world;
    const auto token = world.token(Role::viewer);
    world.observe(seen(1));
    for (const std::string target : {"/api/products", "/api/products/P-1?by=code", "/api/changes", "/api/webhooks/logs",
                                     "/api/products/P-1/history?by=code"}) {
        CAPTURE(target);
        const auto first = world.ask(get(target).bearing(token));
        const std::string tag{first.fields.get("ETag")};
        REQUIRE(tag.starts_with("W/\""));
        const auto again = world.ask(get(target).bearing(token).with("If-None-Match", "\"x\", " + tag));
        CHECK(again.status == 304);
        CHECK(again.body.empty());
        CHECK(again.fields.get("ETag") == tag);
        CHECK(again.fields.get("Cache-Control") == "no-store");
        CHECK(world.ask(get(target).bearing(token).with("If-None-Match", "\"x\"")).status == 200);
    }
    const std::string old{world.ask(get("/api/products").bearing(token)).fields.get("ETag")};
    world.observe(seen(2));
    CHECK(world.ask(get("/api/products").bearing(token).with("If-None-Match", old)).status == 200);
    CHECK_FALSE(world.ask(get("/healthz")).fields.has("ETag"));
    CHECK_FALSE(world.ask(get("/api/products?limit=0").bearing(token)).fields.has("ETag"));
}

TEST_CASE("tags are compared weakly, in a list or by *", "[http][lists]") {
    CHECK(is_named("W/\"a\"", "W/\"a\""));
    CHECK(is_named("\"a\"", "W/\"a\""));
    CHECK(is_named("\"b\" ,\tW/\"a\"", "W/\"a\""));
    CHECK(is_named(" * ", "W/\"a\""));
    CHECK_FALSE(is_named("", "W/\"a\""));
    CHECK_FALSE(is_named("\"aa\", a", "W/\"a\""));
}

TEST_CASE("more than may wait to be read is told to come back, and what waits is served", "[http][lists]") {
    asio::io_context io;
    HeldWorkers threads;
    Readers readers{threads};
    std::size_t read = 0;
    std::size_t refused = 0;
    for (std::size_t i = 0; i < Readers::waiting_max + 3; ++i)
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                const Result<int> done = co_await readers.read([]() -> Result<int> { return 1; });
                if (done)
                    ++read;
                else if (done.error() == Errc::too_busy)
                    ++refused;
            },
            asio::detached);
    io.poll();
    CHECK(refused == 3);
    CHECK(threads.jobs.size() == Readers::waiting_max);
    threads.release();
    io.run();
    CHECK(read == Readers::waiting_max);
}

TEST_CASE("so many exports at once and no more", "[http][lists]") {
    HeldWorkers threads;
    Readers readers{threads};
    std::vector<std::shared_ptr<const void>> leaves;
    for (std::size_t i = 0; i < Readers::exports_max; ++i) leaves.push_back(readers.begin_export());
    CHECK(std::count(leaves.begin(), leaves.end(), nullptr) == 0);
    CHECK(readers.begin_export() == nullptr);
    leaves.pop_back();
    CHECK(readers.begin_export() != nullptr);
}
