// Bad input gets a clear status and reason, a log entry where it came with the secret, and nothing else.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

namespace stockcast::e2e {
namespace {

struct Row {
    const char* what;
    std::string body;
    unsigned status;
};

TEST_CASE("every bad notification gets its status, is logged, and leaves the server well", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    const std::string good = Notification{}.json();
    const std::vector<Row> rows{
        {"not JSON", "hello", 400},
        {"empty", "", 400},
        {"an array", "[]", 400},
        {"duplicate key", R"({"id":"x","id":"y"})", 400},
        {"trailing text", good + "x", 400},
        {"NUL in the text", std::string("{\"id\":\0}", 8), 400},
        {"invalid UTF-8", "{\"id\":\"\xff\xfe\"}", 400},
        {"lone surrogate", R"({"id":"\ud800"})", 400},
        {"too deep", std::string(500, '[') + std::string(500, ']'), 400},
        {"no notification", R"({"hello":"world"})", 422},
        {"bad id", Notification{.id = "1234"}.json(), 422},
        {"bad topic", Notification{.topic = "public.siigoapi.invoices.create"}.json(), 422},
        {"a figure past all bounds", Notification{.quantity = "1e400"}.json(), 400},
        {"a figure past our bounds", Notification{.quantity = "1e40"}.json(), 422},
        {"a figure that is text", Notification{.quantity = R"("many")"}.json(), 422},
        {"too large", R"({"id":")" + std::string(2u << 20, 'x') + R"("})", 413},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        const auto answer = world.notify(row.body);
        // Beyond a number's bounds is 400 or 422, according to whether the text or the figure is out of them.
        if (std::string_view{row.what}.starts_with("a figure past"))
            CHECK((answer.status == 400 || answer.status == 422));
        else
            CHECK(answer.status == row.status);
        CHECK(answer.fields.at("content-type").starts_with("application/problem+json"));
        CHECK(text_of(answer.json(), "success") == "false");
        CHECK_FALSE(text_of(answer.json(), "detail").empty());
        CHECK(answer.body.find(World::secret()) == std::string::npos);
    }
    CHECK(world.post("/api/webhooks/receive/wrong-secret-0123456789", good, "").status == 401);
    CHECK(call(world.port(), {.method = "POST",
                              .target = world.webhook_path(),
                              .fields = {{"Content-Type", "text/plain"}},
                              .body = good})
              .status == 415);
    CHECK(call(world.port(), {.target = world.webhook_path()}).status == 405);
    CHECK(world.get("/api/products?colour=red").status == 400);
    CHECK(world.get("/api/products?limit=0").status == 400);
    CHECK(world.get("/api/products?limit=1001").status == 400);
    CHECK(world.get("/api/nothing").status == 404);

    const auto logs = world.get("/api/webhooks/logs?processed=false&limit=1000").json();
    CHECK(logs.find("logs")->if_array()->size() == rows.size() + 1);  // each of them, and the 415
    CHECK(world.head() == 0);
    CHECK(world.notify(good).status == 200);
    CHECK(world.server().output().find(World::secret()) == std::string::npos);
}

TEST_CASE("malformed HTTP is refused and never taken for two requests", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    const std::string host = "Host: 127.0.0.1\r\n";
    const std::vector<std::pair<const char*, std::string>> rows{
        {"two lengths",
         "POST /api/webhooks/receive HTTP/1.1\r\n" + host + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"},
        {"length and chunks", "POST /api/webhooks/receive HTTP/1.1\r\n" + host +
                                  "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"no Host", "GET /healthz HTTP/1.1\r\n\r\n"},
        {"two Hosts", "GET /healthz HTTP/1.1\r\n" + host + host + "\r\n"},
        {"bare LF", "GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n"},
        {"folded field", "GET /healthz HTTP/1.1\r\n" + host + "X-A: b\r\n c\r\n\r\n"},
        {"NUL in a field", "GET /healthz HTTP/1.1\r\n" + host + std::string("X-A: b\0c\r\n\r\n", 12)},
        {"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not HTTP\r\n\r\n"},
        {"bad chunk", "POST /api/webhooks/receive HTTP/1.1\r\n" + host +
                          "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
    };
    for (const auto& [what, bytes] : rows) {
        INFO(what);
        const auto answer = raw_exchange(world.port(), bytes);
        CHECK(answer.starts_with("HTTP/1.1 4"));
        CHECK(answer.find("HTTP/1.1", 8) == std::string::npos);  // one answer, then the connection ends
    }
    const auto long_header = raw_exchange(
        world.port(), "GET /healthz HTTP/1.1\r\n" + host + "X-A: " + std::string(64 * 1024, 'a') + "\r\n\r\n");
    CHECK(long_header.starts_with("HTTP/1.1 431"));
    const auto pipelined =
        raw_exchange(world.port(), "GET /healthz HTTP/1.1\r\n" + host + "\r\nGET /readyz HTTP/1.1\r\n" + host +
                                       "Connection: close\r\n\r\n");
    CHECK(pipelined.find("HTTP/1.1 200", 8) != std::string::npos);
    CHECK(world.get("/healthz", "").status == 200);
}

}  // namespace
}  // namespace stockcast::e2e
