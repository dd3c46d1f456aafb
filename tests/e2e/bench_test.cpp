// That each mode runs to its end and sees what it is there for; what it measures is no test's matter.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

namespace stockcast::e2e {
namespace {

const World::Environment unlimited{{"SIIGO_ENABLED", "false"}, {"RATE_LIMIT_API", "0"}, {"RATE_LIMIT_OPEN", "0"}};

Ran bench(World& world, std::vector<std::string> arguments) {
    const TemporaryDirectory directory;
    arguments.insert(arguments.begin(), STOCKCAST_BENCH_PROGRAM);
    arguments.insert(arguments.begin() + 2, "http://127.0.0.1:" + std::to_string(world.port()));
    return run_to_end(std::move(arguments), {}, directory.path());
}

bool says(const Ran& ran, const std::string& text) {
    return ran.output.find(text) != std::string::npos;
}

TEST_CASE("stockcast-bench read asks for products, logs and the past", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto read = [&] {
        return bench(world, {"read", "--token", World::viewer_token(), "--seconds", "1", "--runs", "1"});
    };
    const auto without_products = read();
    CHECK(without_products.exit_code == 1);
    CHECK(says(without_products, "no products"));

    for (const auto* quantity : {"1", "2", "3"})
        REQUIRE(world
                    .notify(Notification{.quantity = quantity,
                                         .stock_updated = std::string{"2025-01-20T10:30:0"} + quantity + "Z"}
                                .json())
                    .status == 200);
    const auto ran = read();
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    for (const auto* row : {"one product / healthz", "100 newest logs", "100 logs deep inside", "?at="})
        CHECK(says(ran, row));

    const auto refused = bench(world, {"read", "--token", "none", "--seconds", "1", "--runs", "1"});
    CHECK(refused.exit_code == 1);
    CHECK(says(refused, "401"));
}

TEST_CASE("stockcast-bench overload sends webhooks alone and beside exports and searches", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto overload = [&](const std::string& secret) {
        return bench(world, {"overload", "--token", World::viewer_token(), "--secret", secret, "--seconds", "1",
                             "--runs", "1", "--products", "20"});
    };
    const auto ran = overload(World::secret());
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, "p99 beside / alone"));
    CHECK(says(ran, "exports: "));
    CHECK_FALSE(says(ran, "exports: none"));
    CHECK(overload(World::secret() + "-wrong").exit_code == 1);
}

TEST_CASE("stockcast-bench reads and overloads this machine alone", "[e2e]") {
    const TemporaryDirectory directory;
    const auto ran =
        run_to_end({STOCKCAST_BENCH_PROGRAM, "read", "http://192.0.2.1:5000", "--token", "none"}, {}, directory.path());
    CHECK(ran.exit_code == 1);
    CHECK(says(ran, "not on this machine"));
}

std::string webhooks(World& world) {
    return "http://127.0.0.1:" + std::to_string(world.port()) + world.webhook_path();
}

Ran run_bench(std::vector<std::string> arguments) {
    const TemporaryDirectory directory;
    arguments.insert(arguments.begin(), STOCKCAST_BENCH_PROGRAM);
    return run_to_end(std::move(arguments), {}, directory.path());
}

constexpr auto flawless = "0 missing, 0 double, 0 out of order";

TEST_CASE("stockcast-bench fanout matches every delivery with its trigger", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto fanout = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"fanout",     webhooks(world),
                                           "--token",    World::viewer_token(),
                                           "--clients",  "20",
                                           "--seconds",  "1",
                                           "--products", "10",
                                           "--pid",      std::to_string(world.server().pid())};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_bench(std::move(arguments));
    };
    for (const auto& more : std::vector<std::vector<std::string>>{
             {}, {"--transport", "sse"}, {"--in-flight", "8"}, {"--rate", "50", "--transport", "sse"}}) {
        const auto ran = fanout(more);
        INFO(ran.output);
        CHECK(ran.exit_code == 0);
        CHECK(says(ran, flawless));
        CHECK(says(ran, "of a core"));
    }
    const auto json = fanout({"--json"});
    INFO(json.output);
    CHECK(json.exit_code == 0);
    const auto figures = parse_json(json.output);
    REQUIRE(figures);
    CHECK(figures->find("deliveries_per_second") != nullptr);

    CHECK(run_bench({"fanout", webhooks(world), "--clients", "2"}).exit_code == 1);  // no token
    CHECK(run_bench({"fanout"}).exit_code == 2);
    CHECK(run_bench({"fanout", webhooks(world), "--own", "each"}).exit_code == 2);
    CHECK(run_bench({"fanout", "--own", "beast", "--transport", "sse"}).exit_code == 2);
    CHECK(run_bench({"fanout", webhooks(world), "--rate", "5", "--in-flight", "2"}).exit_code == 2);
}

TEST_CASE("stockcast-bench fanout runs against its own servers", "[e2e]") {
    for (const auto* sending : {"each", "joined"})
        for (const auto* transport : {"ws", "sse"}) {
            const TemporaryDirectory directory;
            const auto ran = run_bench({"fanout", "--own", sending, "--sync", directory.path(), "--transport",
                                        transport, "--clients", "20", "--seconds", "1", "--in-flight", "4"});
            INFO(ran.output);
            CHECK(ran.exit_code == 0);
            CHECK(says(ran, flawless));
        }
    const auto ran = run_bench({"fanout", "--own", "beast", "--clients", "20", "--seconds", "1", "--in-flight", "4"});
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, flawless));
}

TEST_CASE("stockcast-bench idle tells what clients cost that only stay", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    for (const auto* transport : {"ws", "sse"}) {
        const auto ran = bench(world, {"idle", "--token", World::viewer_token(), "--clients", "50", "--seconds", "1",
                                       "--transport", transport, "--pid", std::to_string(world.server().pid())});
        INFO(ran.output);
        CHECK(ran.exit_code == 0);
        CHECK(says(ran, "connections/s"));
        CHECK(says(ran, "proportional"));
    }
}

TEST_CASE("stockcast-bench stall: clients that stop reading get everything afterwards", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto ran = run_bench({"stall", webhooks(world), "--token", World::viewer_token(), "--clients", "20",
                                "--quiet", "1", "--stalled", "2", "--rate", "100", "--receive-buffer", "4096", "--pid",
                                std::to_string(world.server().pid())});
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, flawless));
    CHECK(says(ran, "all clients had all"));
}

TEST_CASE("stockcast-bench resume: many come back at once", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto resume = [&](const std::string& behind, const std::string& transport) {
        return run_bench({"resume", webhooks(world), "--token", World::viewer_token(), "--clients", "20", "--live", "5",
                          "--quiet", "1", "--behind", behind, "--transport", transport});
    };
    for (const auto* transport : {"ws", "sse"}) {
        const auto ran = resume("500", transport);
        INFO(ran.output);
        CHECK(ran.exit_code == 0);
        CHECK(says(ran, "returning: "));
        CHECK(says(ran, "live: " + std::string{flawless}));
    }
    const auto too_far = resume("1000000", "ws");
    CHECK(too_far.exit_code == 1);
    CHECK(says(too_far, "has only"));
}

TEST_CASE("stockcast-bench overload takes slow readers too", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto ran =
        bench(world, {"overload", "--token", World::viewer_token(), "--secret", World::secret(), "--seconds", "1",
                      "--runs", "1", "--products", "20", "--exports", "0", "--searches", "0", "--slow-readers", "50"});
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, "50 slow readers"));
}

TEST_CASE("stockcast-bench fanout speaks TLS and looks at the certificate that it is told to", "[e2e]") {
    const TemporaryDirectory directory;
    const auto cert = directory.path() + "/cert.pem", key = directory.path() + "/key.pem";
    REQUIRE(run_to_end({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "30", "-subj", "/CN=shop", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", cert},
                       {}, directory.path())
                .exit_code == 0);
    auto secure = unlimited;
    secure.insert({{"TLS_CERT_FILE", cert}, {"TLS_KEY_FILE", key}});
    World world{{.server = secure}};
    world.start_server();
    const auto fanout = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"fanout",     "https" + webhooks(world).substr(4),
                                           "--token",    World::viewer_token(),
                                           "--clients",  "20",
                                           "--seconds",  "1",
                                           "--products", "10"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_bench(std::move(arguments));
    };
    for (const auto& more : std::vector<std::vector<std::string>>{{}, {"--ca", cert, "--transport", "sse"}}) {
        const auto ran = fanout(more);
        INFO(ran.output);
        CHECK(ran.exit_code == 0);
        CHECK(says(ran, flawless));
    }
    REQUIRE(run_to_end({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-subj", "/CN=other", "-keyout", directory.path() + "/other.key", "-out",
                        directory.path() + "/other.pem"},
                       {}, directory.path())
                .exit_code == 0);
    const auto distrusted = fanout({"--ca", directory.path() + "/other.pem"});
    CHECK(distrusted.exit_code == 1);
    CHECK(says(distrusted, "certificate"));
}

}  // namespace
}  // namespace stockcast::e2e
