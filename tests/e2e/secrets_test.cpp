// No secret ever comes out: canaries in every setting, header, path and payload, looked for in every output.
#include "e2e/receiver.hpp"
#include "e2e/world.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>

#include <cctype>
#include <set>

namespace stockcast::e2e {
namespace {

std::string base64(const std::string& text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

/// What base64 makes of `text` behind `skew` other bytes, without the letters at the edges that those bytes share.
std::string base64_within(const std::string& text, std::size_t skew) {
    auto out = base64(std::string(skew, 'x') + text);
    out.erase(0, skew == 0 ? 0 : skew + 1);
    while (out.ends_with('=')) out.pop_back();
    out.pop_back();
    return out;
}

std::string replaced(std::string text, char from, char to) {
    for (char& c : text) c = c == from ? to : c;
    return text;
}

/// As it is, percent-encoded (what must be, and everything; in either case), and in base64 wherever it begins, with
/// either alphabet.
std::set<std::string> spellings(const std::string& secret) {
    std::set<std::string> all{secret};
    for (const bool upper : {true, false}) {
        const std::string digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
        std::string needed, everything;
        for (const char c : secret) {
            const auto byte = static_cast<unsigned char>(c);
            const std::string encoded{'%', digits[byte >> 4U], digits[byte & 15U]};
            everything += encoded;
            needed += std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~' ? std::string{c} : encoded;
        }
        all.insert(needed);
        all.insert(everything);
    }
    for (std::size_t skew = 0; skew < 3; ++skew) {
        const auto encoded = base64_within(secret, skew);
        all.insert(encoded);
        all.insert(replaced(replaced(encoded, '+', '-'), '/', '_'));
    }
    return all;
}

struct Output {
    std::string name;
    std::string text;
};

/// Which secret came out where, in which spelling.
std::vector<std::string> leaks(const std::vector<Output>& outputs, const std::map<std::string, std::string>& secrets) {
    std::vector<std::string> found;
    for (const auto& [what, secret] : secrets)
        for (const auto& spelling : spellings(secret))
            for (const auto& output : outputs)
                if (const auto at = output.text.find(spelling); at != std::string::npos)
                    found.push_back(what + " in " + output.name + ": …" +
                                    output.text.substr(at < 60 ? 0 : at - 60, spelling.size() + 80));
    return found;
}

std::string in_full(const Answer& answer) {
    std::string text = std::to_string(answer.status) + "\n";
    for (const auto& [name, value] : answer.fields) text.append(name).append(": ").append(value).append("\n");
    return text + answer.body;
}

/// Everything that a client hears, by the request that it asked.
class Listener {
public:
    explicit Listener(World& world) : world_(world) {}

    void ask(const std::string& method, const std::string& target, std::map<std::string, std::string> fields = {},
             const std::string& body = "") {
        Call request{method, target, std::move(fields), body};
        heard.push_back({method + " " + target.substr(0, 24), in_full(call(world_.port(), request))});
    }
    void raw(const std::string& bytes) { heard.push_back({"raw", raw_exchange(world_.port(), bytes)}); }

    std::vector<Output> heard;

private:
    World& world_;
};

const std::map<std::string, std::string>& secrets() {
    static const std::map<std::string, std::string> all{
        {"SIIGO_ACCESS_KEY", "canary/Access+Key=7f3a91"},
        {"WEBHOOK_SECRET", World::secret()},
        {"JWT_SECRET", World::jwt_secret()},
        {"ALERT_WEBHOOK_URL's path", "canary-alert-path-5d11c0"},
        {"ALERT_WEBHOOK_URL's query", "canary-alert-query-b72e04"},
        {"ALERT_WEBHOOK_SECRET", "whsec_Y2FuYXJ5LWFsZXJ0LXNlY3JldC0wNjY3MTIzNA=="},
        {"a mistyped webhook secret", "canary-mistyped-secret-19d7aa"},
        {"a token in Authorization", "canary-bearer-token-40fe8b"},
        {"a token in the address", "canary-query-token-ee1903"},
        {"a subprotocol's token", "canary-subprotocol-token-6a05"},
        {"a cookie", "canary-cookie-8cc41d"},
        {"another header", "canary-header-value-d09b37"},
        {"an unknown path", "canary-unknown-path-2f64e1"},
        {"a fragment of no HTTP", "canary-no-http-73ba9f"},
        {"basic credentials", "canary-basic-password-c5520e"},
    };
    return all;
}

/// What a client sends and may read again, but nobody's console, metrics or alerts should hold.
const std::map<std::string, std::string> payloads{
    {"a notification's unknown member", "canary-payload-member-30f1d8"},
    {"a refused body", "canary-refused-body-5e77ac"},
    {"a hint's body", "canary-hint-body-0b8d62"},
};

void try_everything(World& world, Listener& listener) {
    const std::string json = "application/json";
    const auto at = [](const char* what) { return secrets().at(what); };
    const std::map<std::string, std::string> admin{{"Authorization", "Bearer " + World::admin_token()}};

    auto told = Notification{.code = "E2E-9"}.json();
    told.insert(told.size() - 1, R"(,"secreto":")" + payloads.at("a notification's unknown member") + '"');
    listener.ask("POST", world.webhook_path(), {{"Content-Type", json}}, told);
    listener.ask("POST", world.webhook_path(), {{"Content-Type", json}},
                 R"({"x":")" + payloads.at("a refused body") + R"("})");
    listener.ask("POST", world.webhook_path(), {{"Content-Type", json}}, payloads.at("a refused body"));
    listener.ask("POST", world.webhook_path(), {{"Content-Type", "text/plain"}}, payloads.at("a refused body"));
    listener.ask("POST", world.webhook_path() + "?x=1", {{"Content-Type", json}}, told);
    listener.ask("GET", world.webhook_path());
    listener.ask("POST", world.webhook_path() + "/more", {{"Content-Type", json}}, told);
    listener.ask("POST", "/api/webhooks/receive/" + at("a mistyped webhook secret"), {{"Content-Type", json}}, told);
    listener.ask("POST", "/api/webhooks/receive", {{"Content-Type", json}},
                 R"({"id":")" + payloads.at("a hint's body") + R"("})");

    for (const auto* path :
         {"/api/products", "/api/stats", "/api/changes", "/ws", "/api/events", "/api/webhooks/logs"}) {
        const std::string target = path;
        listener.ask("GET", target, {{"Authorization", "Bearer " + at("a token in Authorization")}});
        listener.ask("GET", target, {{"Authorization", "Basic " + base64("user:" + at("basic credentials"))}});
        listener.ask("GET", target + "?access_token=" + at("a token in the address"));
        listener.ask("GET", target,
                     {{"Cookie", "session=" + at("a cookie") + "; stockcast_session=" + at("a cookie")}});
        listener.ask("GET", target, {{"X-Api-Key", at("another header")}, {"X-Request-Id", at("another header")}});
        listener.ask("GET", target, {{"Sec-WebSocket-Protocol", "bearer." + at("a subprotocol's token")}});
    }
    listener.ask("GET", "/" + at("an unknown path") + "?x=" + at("an unknown path"));
    listener.ask("DELETE", "/api/" + at("an unknown path"));
    listener.raw("GET /" + at("a fragment of no HTTP") + " HTTP/1.1\nHost: x\n\n");
    listener.raw("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: " + at("a fragment of no HTTP") +
                 "\r\n\r\n");
    listener.raw("PUT /x HTTP/9.9\r\nHost: " + at("a fragment of no HTTP") + "\r\n\r\n");

    listener.ask("POST", "/api/webhooks/setup", admin);
    for (const auto* target : {"/api/webhooks/subscriptions", "/api/stats", "/api/webhooks/stats", "/api/sync/logs",
                               "/api/audit", "/api/drift", "/readyz", "/healthz", "/metrics", "/openapi.json",
                               "/asyncapi.json", "/", "/api/products", "/api/changes?since=0", "/api/products?limit=0"})
        listener.ask("GET", target, admin);
    listener.ask("POST", "/api/sync?full=true", admin);
    listener.ask("POST", "/api/session", admin);
    listener.ask("POST", "/api/webhooks/test", {{"Authorization", admin.at("Authorization")}, {"Content-Type", json}},
                 R"({"product_id":"E2E-9","new_stock":4})");
}

TEST_CASE("no secret comes out, whatever is asked, in whatever format the log is", "[e2e]") {
    const auto format = GENERATE(as<std::string>{}, "text", "json");
    INFO(format);
    TemporaryDirectory directory;
    Receiver receiver;
    receiver.answer_with(500);  // so that its failures are logged too
    const auto& secret = secrets();
    World world{{.simulator = {"--access-key", secret.at("SIIGO_ACCESS_KEY")},
                 .server = {{"SIIGO_ACCESS_KEY", secret.at("SIIGO_ACCESS_KEY")},
                            {"WEBHOOK_BASE_URL", "https://shop.example/api/webhooks"},
                            {"ALERT_WEBHOOK_SECRET", secret.at("ALERT_WEBHOOK_SECRET")},
                            {"ALERT_WEBHOOK_URL", "http://127.0.0.1:" + std::to_string(receiver.port()) + "/" +
                                                      secret.at("ALERT_WEBHOOK_URL's path") +
                                                      "?key=" + secret.at("ALERT_WEBHOOK_URL's query")},
                            {"SYNC_INTERVAL", "1s"},
                            {"RATE_LIMIT_OPEN", "0"},
                            {"LOG_FORMAT", format}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    auto client = world.websocket();
    Listener listener{world};
    try_everything(world, listener);
    CHECK(eventually([&] { return world.siigo_requests("POST /v1/webhooks") >= 3; }));

    // SIIGO at its worst repeats what it was sent.
    world.faults(R"({"outage":true})");
    CHECK(eventually([&] { return !receiver.received().empty(); }));
    world.faults(R"({"outage":false})");
    const auto metrics = world.get("/metrics", "").body;
    const auto stats = world.get("/api/stats").body;
    listener.ask("GET", "/api/webhooks/logs?limit=1000", {{"Authorization", "Bearer " + World::admin_token()}});

    std::string streamed;
    while (const auto message = client.next(std::chrono::milliseconds{300})) streamed += to_text(*message) + "\n";
    std::string posted;
    for (const auto& post : receiver.received()) posted += post.body + "\n";
    CHECK(world.stop_server() == 0);

    const Output log{"the log", world.server().output()};
    std::vector<Output> outputs{
        log, {"metrics", metrics}, {"stats", stats}, {"the stream", streamed}, {"alerts", posted}};
    for (const auto* family : {"webhook_logs", "sync_logs", "subscriptions", "audit", "meta"})
        outputs.push_back(
            {std::string{"the dump of "} + family,
             run_to_end({STOCKCAST_DUMP_PROGRAM, world.data_dir(), "--family", family}, {}, directory.path()).output});
    CHECK(leaks({log, {"metrics", metrics}, {"stats", stats}, {"alerts", posted}}, payloads) ==
          std::vector<std::string>{});
    outputs.insert(outputs.end(), listener.heard.begin(), listener.heard.end());
    CHECK(leaks(outputs, secrets()) == std::vector<std::string>{});
    // Every token of a JWT begins so: ours, SIIGO's, anybody's.
    CHECK(log.text.find("eyJ") == std::string::npos);
    CHECK(log.text.size() > 5'000);  // it was at work
}

TEST_CASE("a setting that is refused does not show its secret", "[e2e]") {
    TemporaryDirectory directory;
    const std::map<std::string, std::string> wrong{{"WEBHOOK_SECRET", "canary secret with spaces"},
                                                   {"JWT_SECRET", "canary-too-short"},
                                                   {"SIIGO_ACCESS_KEY", "canary-key\nof two lines"},
                                                   {"ALERT_WEBHOOK_URL", "http://shop.example/canary-path"},
                                                   {"ALERT_WEBHOOK_SECRET", "whsec_canary"}};
    std::map<std::string, std::string> environment{{"DATA_DIR", directory.path() + "/data"}, {"PORT", "0"}};
    for (const auto& [name, value] : wrong) environment[name] = value;
    const auto ran = run_to_end({STOCKCAST_PROGRAM, "serve"}, environment, directory.path());
    CHECK(ran.exit_code == 2);
    CHECK(ran.output.find("canary") == std::string::npos);
    for (const auto& [name, value] : wrong) CHECK(ran.output.find(name) != std::string::npos);
}

}  // namespace
}  // namespace stockcast::e2e
