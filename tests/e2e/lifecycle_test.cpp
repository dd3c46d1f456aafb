// Starting, stopping, refusing to start.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace stockcast::e2e {
namespace {

using Environment = World::Environment;

TEST_CASE("SIGTERM and SIGINT close the WebSockets with 1001 and end with 0", "[e2e]") {
    const int signal = GENERATE(SIGTERM, SIGINT);
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    auto client = world.websocket();
    REQUIRE(client.next_of("hello"));
    const auto asked = std::chrono::steady_clock::now();
    world.server().signal(signal);
    CHECK(client.closed() == 1001);
    CHECK(world.server().wait() == 0);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds{30});
    CHECK_FALSE(std::filesystem::exists(world.data_dir() + "/stockcast.sock"));
}

TEST_CASE("a stop lets a request in flight have its answer", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    REQUIRE(world.notify(Notification{}.json()).status == 200);
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings() == std::vector<std::string>{});
}

TEST_CASE("missing credentials are named and exit with 2", "[e2e]") {
    TemporaryDirectory directory;
    const auto ran = run_to_end({STOCKCAST_PROGRAM}, {{"DATA_DIR", directory.path() + "/data"}}, directory.path());
    CHECK(ran.exit_code == 2);
    CHECK(ran.output.find("Missing SIIGO credentials: SIIGO_USERNAME, SIIGO_ACCESS_KEY, SIIGO_PARTNER_ID") !=
          std::string::npos);
}

TEST_CASE("a wrong setting is told in the language of LANG and exits with 2", "[e2e]") {
    TemporaryDirectory directory;
    Environment environment{{"SIIGO_ENABLED", "false"}, {"PORT", "http"}, {"DATA_DIR", directory.path() + "/data"}};
    CHECK(run_to_end({STOCKCAST_PROGRAM}, environment, directory.path()).output.find("PORT=http is not accepted") !=
          std::string::npos);
    environment["LANG"] = "es_CO.UTF-8";
    const auto ran = run_to_end({STOCKCAST_PROGRAM}, environment, directory.path());
    CHECK(ran.exit_code == 2);
    CHECK(ran.output.find("PORT=http no es válido") != std::string::npos);
}

TEST_CASE("wrong usage exits with 2, --help and --version with 0", "[e2e]") {
    TemporaryDirectory directory;
    CHECK(run_to_end({STOCKCAST_PROGRAM, "serv"}, {}, directory.path()).exit_code == 2);
    CHECK(run_to_end({STOCKCAST_PROGRAM, "token"}, {}, directory.path()).exit_code == 2);
    CHECK(run_to_end({STOCKCAST_PROGRAM, "token", "--role", "root"}, {}, directory.path()).exit_code == 2);
    const auto help = run_to_end({STOCKCAST_PROGRAM, "--help"}, {}, directory.path());
    CHECK(help.exit_code == 0);
    CHECK(help.output.find("demo") != std::string::npos);
    CHECK(run_to_end({STOCKCAST_PROGRAM, "--version"}, {}, directory.path()).output.starts_with("stockcast "));
}

TEST_CASE("a second server on one store is refused with what to do", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    TemporaryDirectory directory;
    const auto second =
        run_to_end({STOCKCAST_PROGRAM}, {{"SIIGO_ENABLED", "false"}, {"PORT", "0"}, {"DATA_DIR", world.data_dir()}},
                   directory.path());
    CHECK(second.exit_code == 1);
    CHECK(second.output.find(world.data_dir()) != std::string::npos);
    CHECK(world.get("/healthz", "").status == 200);
}

TEST_CASE("a damaged store is refused with the ways out", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    world.notify_in_turn(10, 40);
    REQUIRE(world.stop_server() == 0);
    // Everything that carries data gets a hole in its middle, so at least one of them is read at the start.
    world.expect_damage();
    int damaged = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{world.data_dir()}) {
        const auto name = entry.path().filename().string();
        if (!entry.is_regular_file() || !(name.starts_with("MANIFEST") || name.ends_with(".sst"))) continue;
        std::fstream file{entry.path(), std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
        file.put('\x5a').put('\x5a').put('\x5a');
        ++damaged;
    }
    REQUIRE(damaged > 0);
    TemporaryDirectory directory;
    const auto ran =
        run_to_end({STOCKCAST_PROGRAM}, {{"SIIGO_ENABLED", "false"}, {"PORT", "0"}, {"DATA_DIR", world.data_dir()}},
                   directory.path());
    CHECK(ran.exit_code == 1);
    CHECK(ran.output.find("❌") != std::string::npos);
}

TEST_CASE("an address in use is told and exits with 1", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    TemporaryDirectory directory;
    const auto ran = run_to_end({STOCKCAST_PROGRAM},
                                {{"SIIGO_ENABLED", "false"},
                                 {"HOST", "127.0.0.1"},
                                 {"PORT", std::to_string(world.port())},
                                 {"DATA_DIR", directory.path() + "/data"}},
                                directory.path());
    CHECK(ran.exit_code == 1);
    CHECK(ran.output.find(std::to_string(world.port())) != std::string::npos);
}

TEST_CASE("a token of the command opens the API, and its role is kept", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    world.start_server({{"JWT_SECRET", "another-secret-of-the-test-0123456789"}});
    TemporaryDirectory directory;
    const auto ran = run_to_end({STOCKCAST_PROGRAM, "token", "--role", "viewer", "--ttl", "1h"},
                                {{"JWT_SECRET", "another-secret-of-the-test-0123456789"}}, directory.path());
    REQUIRE(ran.exit_code == 0);
    const auto token = ran.output.substr(0, ran.output.find('\n'));
    CHECK(world.get("/api/stats", token).status == 200);
    CHECK(world.post("/api/sync", "", token).status == 403);
    CHECK(world.get("/api/stats", "").status == 401);
    CHECK(world.get("/api/stats", World::admin_token()).status == 401);  // signed with the fixture's key
}

TEST_CASE("the webhook secret and the token's key are made once and kept", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}}}};
    TemporaryDirectory directory;
    const Environment environment{
        {"SIIGO_ENABLED", "false"}, {"HOST", "127.0.0.1"}, {"PORT", "0"}, {"DATA_DIR", directory.path() + "/data"}};
    const auto token = [&] {
        const auto text =
            run_to_end({STOCKCAST_PROGRAM, "token", "--role", "admin"}, environment, directory.path()).output;
        return text.substr(0, text.find('\n'));
    };
    const auto before = token();
    Process server{{STOCKCAST_PROGRAM}, environment, directory.path() + "/server.log"};
    REQUIRE(server.wait_for_output("listening on"));
    const auto port = port_in(server.output());
    CHECK(call(port, {.target = "/api/stats", .fields = {{"Authorization", "Bearer " + before}}}).status == 200);
    CHECK(call(port, {.target = "/api/stats", .fields = {{"Authorization", "Bearer " + token()}}}).status == 200);
    const auto mode = std::filesystem::status(directory.path() + "/data/jwt.key").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
