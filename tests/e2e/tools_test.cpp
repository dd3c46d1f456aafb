// The programs beside the server: dump, replay, demo, and TLS as a user sets it up.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sstream>

namespace stockcast::e2e {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

TEST_CASE("stockcast-dump prints the store while the server runs and after it has stopped", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    REQUIRE(world.notify(Notification{}.json()).status == 200);
    TemporaryDirectory directory;
    const auto dump = [&] { return run_to_end({STOCKCAST_DUMP_PROGRAM, world.data_dir()}, {}, directory.path()); };

    const auto running = dump();
    CHECK(running.exit_code == 0);
    std::map<std::string, int> families;
    for (const auto& line : lines_of(running.output)) {
        const auto json = parse_json(line);
        REQUIRE(json);
        ++families[text_of(*json, "family")];
    }
    CHECK(families["products"] == 1);
    CHECK(families["changes"] == 1);
    CHECK(families["webhook_logs"] == 1);
    CHECK(running.output.find(World::secret()) == std::string::npos);

    REQUIRE(world.stop_server() == 0);
    const auto stopped = dump();
    CHECK(stopped.exit_code == 0);
    CHECK(lines_of(stopped.output).size() == lines_of(running.output).size());

    const auto csv = run_to_end({STOCKCAST_DUMP_PROGRAM, world.data_dir(), "--family", "products", "--format", "csv"},
                                {}, directory.path());
    CHECK(csv.exit_code == 0);
    CHECK(lines_of(csv.output).size() == 2);
    CHECK(run_to_end({STOCKCAST_DUMP_PROGRAM, directory.path() + "/nowhere"}, {}, directory.path()).exit_code == 1);
    CHECK(run_to_end({STOCKCAST_DUMP_PROGRAM, "--format", "xml"}, {}, directory.path()).exit_code == 2);
}

TEST_CASE("stockcast-replay sends what was recorded again, from a dump and from a store", "[e2e]") {
    TemporaryDirectory directory;
    World recorded{{.server = {{"SIIGO_ENABLED", "false"}}}};
    recorded.start_server();
    recorded.notify_in_turn(10, 20);
    const auto dump =
        run_to_end({STOCKCAST_DUMP_PROGRAM, recorded.data_dir(), "--family", "webhook_logs"}, {}, directory.path());
    REQUIRE(dump.exit_code == 0);
    std::ofstream{directory.path() + "/webhooks.jsonl"} << dump.output;

    for (const auto& source : {directory.path() + "/webhooks.jsonl", recorded.data_dir()}) {
        INFO(source);
        World again{{.server = {{"SIIGO_ENABLED", "false"}}}};
        again.start_server();
        const auto url = "http://127.0.0.1:" + std::to_string(again.port()) + again.webhook_path();
        const auto ran = run_to_end({STOCKCAST_REPLAY_PROGRAM, source, url}, {}, directory.path());
        INFO(ran.output);
        CHECK(ran.exit_code == 0);
        CHECK(again.stock("E2E-1") == "19");
        CHECK(again.head() == 10);
        const auto logs = again.get("/api/webhooks/logs?limit=1").json();
        CHECK(text_of(logs.find("logs")->if_array()->front(), "source") == "replay");
        const auto refused = run_to_end({STOCKCAST_REPLAY_PROGRAM, source, url + "-wrong"}, {}, directory.path());
        CHECK(refused.exit_code == 1);
        CHECK(refused.output.find("401") != std::string::npos);
    }
}

TEST_CASE("dump and replay take parts of what is there, and refuse what makes no sense in both languages", "[e2e]") {
    TemporaryDirectory directory;
    World recorded{{.server = {{"SIIGO_ENABLED", "false"}}}};
    recorded.start_server();
    for (int n = 10; n < 14; ++n) {
        REQUIRE(recorded
                    .notify(Notification{.code = "E2E-" + std::to_string(n % 2),
                                         .quantity = std::to_string(n),
                                         .stock_updated = "2025-01-20T10:30:" + std::to_string(n) + "Z"}
                                .json())
                    .status == 200);
    }
    const auto run = [&](std::vector<std::string> arguments, const std::string& language = "C") {
        return run_to_end(std::move(arguments), {{"LANG", language}}, directory.path());
    };
    const auto dumped = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), STOCKCAST_DUMP_PROGRAM);
        const auto ran = run(std::move(arguments));
        CHECK(ran.exit_code == 0);
        return lines_of(ran.output).size();
    };
    const auto& data = recorded.data_dir();
    const auto head = recorded.head();
    CHECK(dumped({data, "--family", "changes", "product_changes"}) == 2 * head);
    CHECK(dumped({"--family", "changes", "product_changes", data}) == 2 * head);
    CHECK(dumped({data, "--family", "changes", "--from", std::to_string(head)}) == 1);
    CHECK(dumped({data, "--family", "webhook_logs", "--to", "2025-01-20"}) == 0);
    CHECK(dumped({data, "--family", "webhook_logs", "--from", "2025-01-20"}) == 4);
    struct Row {
        std::vector<std::string> arguments;
        std::string english, spanish;
    };
    const std::vector<Row> rows{
        {{data, "--family", "nope"}, "is none of", ""},
        {{data, "--from", "yesterday"}, "is neither a seq nor a time", "no es un seq ni una fecha"},
        {{data, "--family", "products", "--from", "2"}, "has no such order", ""},
        {{data, "--format", "csv"}, "name one family", ""},
    };
    for (const auto& row : rows) {
        auto arguments = row.arguments;
        arguments.insert(arguments.begin(), STOCKCAST_DUMP_PROGRAM);
        const auto english = run(arguments);
        CHECK(english.exit_code == 2);
        CHECK(english.output.find(row.english) != std::string::npos);
        CHECK(run(arguments, "es_CO.UTF-8").output.find(row.spanish) != std::string::npos);
    }

    World again{{.server = {{"SIIGO_ENABLED", "false"}}}};
    again.start_server();
    const auto url = "http://127.0.0.1:" + std::to_string(again.port()) + again.webhook_path();
    const auto sent = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {STOCKCAST_REPLAY_PROGRAM, data, url});
        const auto ran = run(std::move(arguments));
        INFO(ran.output);
        CHECK(ran.exit_code == 0);
        const auto stats = again.get("/api/stats").json();
        return text_of(*stats.find("webhooks"), "total_webhooks");
    };
    CHECK(sent({"--product", "E2E-1"}) == "2");
    CHECK(sent({"--topic", "products.create"}) == "2");
    CHECK(sent({"--topic", "stock.update", "--speed", "10"}) == "6");
    CHECK(sent({"--to", "2025-01-20"}) == "6");
    CHECK(run({STOCKCAST_REPLAY_PROGRAM, data, "ftp://x"}).exit_code == 2);
    CHECK(run({STOCKCAST_REPLAY_PROGRAM, data, url, "--speed", "0"}).exit_code == 2);
    CHECK(run({STOCKCAST_REPLAY_PROGRAM, directory.path() + "/nothing", url}).exit_code == 1);
}

TEST_CASE("the demo needs nothing, syncs 589 products and shows a way in", "[e2e]") {
    TemporaryDirectory directory;
    Process demo{{STOCKCAST_PROGRAM, "demo"}, {{"PORT", "0"}, {"LANG", "es_CO.UTF-8"}}, directory.path() + "/demo.log"};
    REQUIRE(demo.wait_for_output("listening on http://127.0.0.1:"));
    const auto port = port_in(demo.output());
    REQUIRE(demo.wait_for_output("#token="));
    const auto output = demo.output();
    const auto at = output.find("#token=") + 7;
    const auto token = output.substr(at, output.find_first_of(" \n", at) - at);
    CHECK(eventually([&] { return call(port, {.target = "/readyz"}).status == 200; }, std::chrono::seconds{60}));
    const auto stats = call(port, {.target = "/api/stats", .fields = {{"Authorization", "Bearer " + token}}}).json();
    CHECK(text_of(*stats.find("products"), "total_products") == "589");
    WebSocket client{port, "/ws", token};
    CHECK(client.next_of("stock_updated", std::chrono::seconds{60}));
    CHECK(call(port, {.target = "/"}).status == 200);
    demo.signal(SIGINT);
    CHECK(demo.wait() == 0);
}

TEST_CASE("with a certificate the server speaks HTTPS and takes a new one on SIGHUP", "[e2e]") {
    TemporaryDirectory directory;
    const auto cert = directory.path() + "/cert.pem", key = directory.path() + "/key.pem";
    const auto make = [&](const char* name) {
        return run_to_end({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                           "-nodes", "-days", "30", "-subj", std::string{"/CN="} + name, "-addext",
                           "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert},
                          {}, directory.path());
    };
    REQUIRE(make("first").exit_code == 0);
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"TLS_CERT_FILE", cert}, {"TLS_KEY_FILE", key}}}};
    world.start_server();
    CHECK(world.server().output().find("listening on https://127.0.0.1:") != std::string::npos);
    const auto ask = [&] {
        return run_to_end({"/usr/bin/curl", "-sS", "--cacert", cert,
                           "https://127.0.0.1:" + std::to_string(world.port()) + "/healthz", "-w", "%{http_code}"},
                          {}, directory.path());
    };
    const auto first = ask();
    INFO(first.output);
    CHECK(first.output.ends_with("200"));
    REQUIRE(make("second").exit_code == 0);
    world.server().signal(SIGHUP);
    CHECK(eventually([&] { return ask().output.ends_with("200"); }));
    const auto see = [&](const char* target) {
        return run_to_end({"/usr/bin/curl", "-sSki", "https://127.0.0.1:" + std::to_string(world.port()) + target}, {},
                          directory.path());
    };
    CHECK(see("/healthz").output.find("Strict-Transport-Security: max-age=") != std::string::npos);
    CHECK(see("/metrics").output.find("\nstockcast_certificate_expires_seconds 25") !=
          std::string::npos);  // of 30 days
    std::ofstream{cert} << "not a certificate";
    world.server().signal(SIGHUP);
    CHECK(world.server().wait_for_output("❌"));
    CHECK(see("/healthz").output.find("\"alive\":true") != std::string::npos);  // with the one before
    REQUIRE(make("third").exit_code == 0);
    CHECK(world.server().wait_for_output("A new certificate was taken"));  // of itself, since the files changed
    CHECK(eventually([&] { return ask().output.ends_with("200"); }));
    CHECK(call(world.port(), {.target = "/healthz"}, std::chrono::seconds{5}).status ==
          0);  // plain HTTP is not spoken there
    CHECK(world.stop_server() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
