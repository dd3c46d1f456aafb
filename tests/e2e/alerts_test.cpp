// Alerts: on the stream, in the stats, in the metrics, in the log and POSTed with a signature that a receiver can check.
#include "e2e/event_stream.hpp"
#include "e2e/receiver.hpp"
#include "e2e/world.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fstream>
#include <functional>

namespace stockcast::e2e {
namespace {

/// As a receiver's library does it: the part behind `whsec_` is base64, the signature covers `id.timestamp.body`.
std::string signature(const std::string& secret, const Call& post) {
    const auto encoded = secret.substr(6);
    std::string key(3 * (encoded.size() / 4), '\0');
    EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()),
                    reinterpret_cast<const unsigned char*>(encoded.data()), static_cast<int>(encoded.size()));
    key.resize(key.size() - static_cast<std::size_t>(std::count(encoded.begin(), encoded.end(), '=')));
    const auto text = post.fields.at("webhook-id") + "." + post.fields.at("webhook-timestamp") + "." + post.body;
    unsigned char mac[32];
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), mac, &length);
    std::string out(45, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), mac, static_cast<int>(length));
    out.resize(44);
    return "v1," + out;
}

std::string first_line(const std::string& path) {
    std::ifstream in{path};
    std::string line;
    std::getline(in, line);
    return line;
}

bool is_active(World& world, const std::string& kind) {
    const auto stats = world.get("/api/stats").json();
    const auto* alerts = stats.find("alerts");
    if (alerts == nullptr) return false;
    for (const auto& alert : *alerts->if_array())
        if (text_of(alert, "kind") == kind) return true;
    return false;
}

std::optional<Json> next_alert(WebSocket& client, const std::string& kind) {
    while (auto alert = client.next_of("alert"))
        if (text_of(*alert, "kind") == kind) return alert;
    return std::nullopt;
}

TEST_CASE("a matter is told on the stream, in stats and metrics and by a signed POST; and its end too", "[e2e]") {
    Receiver receiver;
    receiver.answer_with(500);  // the first try fails
    World world{{.server = {{"SYNC_INTERVAL", "1s"},
                            {"ALERT_WEBHOOK_URL",
                             "http://127.0.0.1:" + std::to_string(receiver.port()) + "/hooks/ops?team=shop"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    CHECK_FALSE(is_active(world, "breaker_open"));

    world.faults(R"({"outage":true})");
    const auto begun = next_alert(client, "breaker_open");
    REQUIRE(begun);
    CHECK(*begun->find("active") == Json{true});
    CHECK(is_active(world, "breaker_open"));
    CHECK(world.get("/metrics", "").body.find("stockcast_alerts_active{kind=\"breaker_open\"} 1\n") !=
          std::string::npos);
    REQUIRE(eventually([&] { return !receiver.received().empty(); }));
    receiver.answer_with(204);

    world.faults(R"({"outage":false})");
    const auto over = next_alert(client, "breaker_open");
    REQUIRE(over);
    CHECK(*over->find("active") == Json{false});
    CHECK(eventually([&] { return !is_active(world, "breaker_open"); }));

    const auto key = first_line(world.data_dir() + "/alert.key");
    REQUIRE(receiver.wait_for(R"("kind":"breaker_open","subject":"","active":false)"));
    const auto posts = receiver.received();
    REQUIRE(posts.size() >= 3);
    CHECK(posts[0].fields.at("webhook-id") == posts[1].fields.at("webhook-id"));
    CHECK(posts.back().fields.at("webhook-id") != posts[0].fields.at("webhook-id"));
    for (const auto& post : posts) {
        CHECK(post.target == "/hooks/ops?team=shop");
        CHECK(post.fields.at("content-type") == "application/json");
        CHECK(post.fields.at("webhook-signature") == signature(key, post));
    }
    CHECK(posts[0].body == to_text(*begun));
    CHECK(world.stop_server() == 0);
}

TEST_CASE("a store that fails has its last word before the server ends", "[e2e]") {
    Receiver receiver;
    TemporaryDirectory directory;
    const auto flag = directory.path() + "/broken";
    World world{{.server = {{"SIIGO_ENABLED", "false"},
                            {"ALERT_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
                            {"ALERT_WEBHOOK_URL", "http://127.0.0.1:" + std::to_string(receiver.port())}}}};
    world.start_server({{"LD_PRELOAD", FAILING_FSYNC_LIBRARY},
                        {"FSYNC_FAILS_WHILE", flag},
                        {"ASAN_OPTIONS", "verify_asan_link_order=0"}});
    std::ofstream{flag} << "x";
    world.notify(Notification{}.json());
    CHECK(world.server().wait() == 1);
    const auto post = receiver.wait_for(R"("kind":"store_trouble")");
    REQUIRE(post);
    CHECK(post->fields.at("webhook-signature") == signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", *post));
}

TEST_CASE("a client that knows more than the store is told of once, whatever way it comes", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    REQUIRE(world.notify(Notification{}.json()).status == 200);
    auto listener = world.websocket();
    REQUIRE(listener.next_of("hello"));
    const auto events = [&](const std::string& query, const std::string& id) {
        EventStream stream{world.port(),
                           "/api/events" + query,
                           {.fields = {{"Authorization", "Bearer " + World::viewer_token()}, {"Last-Event-ID", id}}}};
        CHECK(stream.next_of("reset"));
    };
    // Of another epoch nobody can say whether it is ahead.
    CHECK(world.websocket("?since=99&epoch=another").next_of("reset"));
    events("", "another:99");
    CHECK(world.get("/api/changes?since=99&epoch=another").status == 410);
    CHECK_FALSE(is_active(world, "since_ahead"));

    const std::vector<std::function<void()>> ways{
        [&] { CHECK(world.websocket("?since=98").next_of("reset")); }, [&] { events("", world.epoch() + ":98"); },
        [&] { CHECK(world.get("/api/changes?since=98&wait=1s").status == 410); }};
    ways[GENERATE(0U, 1U, 2U)]();
    const auto alert = next_alert(listener, "since_ahead");
    REQUIRE(alert);
    CHECK(*alert->find("active") == Json{true});
    CHECK(text_of(*alert, "message").find("change 98") != std::string::npos);
    CHECK(is_active(world, "since_ahead"));

    for (const auto& come : ways) come();
    REQUIRE(world.notify(Notification{.quantity = "11", .stock_updated = "2025-01-20T10:31:00Z"}.json()).status == 200);
    const auto next = listener.next();
    REQUIRE(next);
    CHECK(text_of(*next, "type") == "stock_updated");
    CHECK(world.stop_server() == 0);
}

TEST_CASE("a receiver that never answers does not hold up the server's end", "[e2e]") {
    World world{{.server = {{"SYNC_INTERVAL", "1s"}, {"ALERT_WEBHOOK_URL", "http://127.0.0.1:1/nobody"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    world.faults(R"({"outage":true})");
    REQUIRE(eventually([&] { return is_active(world, "breaker_open"); }));
    const auto asked = std::chrono::steady_clock::now();
    CHECK(world.stop_server() == 0);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds{5});
}

}  // namespace
}  // namespace stockcast::e2e
