// The commands that an operator types: check, setup, health, completion, man.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace stockcast::e2e {
namespace {

using Environment = World::Environment;

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

/// What an operator's shell would hold for that world; `more` wins.
Environment settings_of(const World& world, const Environment& more = {}) {
    Environment environment{{"DATA_DIR", world.data_dir()},
                            {"HOST", "127.0.0.1"},
                            {"PORT", std::to_string(world.port() ? world.port() : 0)},
                            {"SIIGO_BASE_URL", "http://127.0.0.1:" + std::to_string(world.siigo_port())},
                            {"SIIGO_USERNAME", "demo@stockcast.example"},
                            {"SIIGO_ACCESS_KEY", "demo-access-key"},
                            {"SIIGO_PARTNER_ID", "stockcastE2E"},
                            {"SIIGO_REQUEST_SPACING", "0ms"},
                            {"JWT_SECRET", World::jwt_secret()},
                            {"WEBHOOK_SECRET", World::secret()},
                            {"LANG", "C"}};
    for (const auto& [name, value] : more) environment[name] = value;
    return environment;
}

Ran run(const std::vector<std::string>& arguments, const Environment& environment) {
    static const TemporaryDirectory outputs;
    std::vector<std::string> words{STOCKCAST_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto ran = run_to_end(words, environment, outputs.path());
    UNSCOPED_INFO(ran.output);
    return ran;
}

bool make_certificate(const std::string& directory, const std::string& name) {
    return run_to_end({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                       "-nodes", "-days", "30", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name,
                       "-keyout", directory + "/key.pem", "-out", directory + "/cert.pem"},
                      {}, directory)
               .exit_code == 0;
}

// ── health ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("health is 0 when the server is ready and 1 when it is not or is not there", "[e2e]") {
    World world{{.simulator = {"--products", "30"}}};
    world.faults(R"({"outage":true})");
    world.start_server();
    const auto environment = settings_of(world);
    const auto not_ready = run({"health"}, environment);
    CHECK(not_ready.exit_code == 1);
    CHECK(holds(not_ready.output, "❌ Not ready: No first sync"));
    auto spanish = environment;
    spanish["LANG"] = "es_CO.UTF-8";
    CHECK(holds(run({"health"}, spanish).output, "No está listo: Todavía no"));

    world.faults(R"({"outage":false})");
    REQUIRE(world.wait_until_ready());
    const auto ready = run({"health"}, environment);
    CHECK(ready.exit_code == 0);
    CHECK(holds(ready.output, "✅ Ready: http://127.0.0.1:"));

    REQUIRE(world.stop_server() == 0);
    const auto gone = run({"health", "--timeout", "2s"}, environment);
    CHECK(gone.exit_code == 1);
    CHECK(holds(gone.output, "❌ No answer from http://127.0.0.1:"));
    CHECK(run({"health", "--timeout", "soon"}, environment).exit_code == 2);
}

TEST_CASE("health trusts the server's own certificate whatever it names, and no other one", "[e2e]") {
    TemporaryDirectory directory, other;
    REQUIRE(make_certificate(directory.path(), "shop.example"));
    REQUIRE(make_certificate(other.path(), "shop.example"));
    const auto files = [](const TemporaryDirectory& in) {
        return Environment{{"TLS_CERT_FILE", in.path() + "/cert.pem"}, {"TLS_KEY_FILE", in.path() + "/key.pem"}};
    };
    auto server = files(directory);
    server["SIIGO_ENABLED"] = "false";
    World world{{.server = server}};
    world.start_server();
    CHECK(run({"health"}, settings_of(world, files(directory))).exit_code == 0);
    const auto another = run({"health"}, settings_of(world, files(other)));
    CHECK(another.exit_code == 1);
    CHECK(holds(another.output, "TLS"));
    CHECK(run({"health"}, settings_of(world)).exit_code == 1);  // plain HTTP is not spoken there
}

// ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("check finds a good configuration good, before the first start and beside the server", "[e2e]") {
    World world{{.simulator = {"--products", "30"}}};
    const auto before = run({"check"}, settings_of(world));
    CHECK(before.exit_code == 0);
    CHECK(holds(before.output, "✅ SIIGO accepts the credentials"));
    CHECK(holds(before.output, "is not there yet; the server makes it"));
    CHECK_FALSE(holds(before.output, "❌"));
    CHECK_FALSE(std::filesystem::exists(world.data_dir()));  // it changes nothing

    world.start_server();
    REQUIRE(world.wait_until_ready());
    const auto url = "http://127.0.0.1:" + std::to_string(world.port()) + "/api/webhooks";
    const auto beside = run({"check"}, settings_of(world, {{"WEBHOOK_BASE_URL", url}}));
    CHECK(beside.exit_code == 0);
    CHECK(holds(beside.output, "a server runs on it"));
    CHECK(holds(beside.output, "✅ The server answers at http://127.0.0.1:"));
    CHECK(holds(beside.output, "✅ WEBHOOK_BASE_URL: stockcast answers at " + url));
    CHECK_FALSE(holds(beside.output, "❌"));
    CHECK(world.stop_server() == 0);
    CHECK(run({"check"}, settings_of(world)).exit_code == 0);
    CHECK(world.store_findings() == std::vector<std::string>{});
}

TEST_CASE("check names what is wrong with its remedy", "[e2e]") {
    World world{{.simulator = {"--products", "5"}}};
    TemporaryDirectory directory;
    REQUIRE(make_certificate(directory.path(), "shop.example"));
    std::ofstream{directory.path() + "/file"} << "x";
    const auto cert = directory.path() + "/cert.pem", key = directory.path() + "/key.pem";
    TemporaryDirectory other;
    REQUIRE(make_certificate(other.path(), "shop.example"));
    struct Row {
        Environment more;
        int exit_code;
        std::string line;
    };
    const std::vector<Row> rows{
        {{{"SIIGO_ACCESS_KEY", "wrong-key"}}, 1, "❌ SIIGO refuses the credentials"},
        {{{"SIIGO_ACCESS_KEY", ""}}, 2, "❌ Missing SIIGO credentials: SIIGO_ACCESS_KEY"},
        {{{"SIIGO_BASE_URL", "http://127.0.0.1:1"}}, 1, "❌ SIIGO does not answer"},
        {{{"DATA_DIR", directory.path() + "/file"}}, 1, "is no directory"},
        {{{"PORT", std::to_string(world.siigo_port())}}, 1, "❌ PORT: another program listens on 127.0.0.1:"},
        {{{"HOST", "192.0.2.1"}}, 1, "❌ HOST: 192.0.2.1 can't be listened on"},
        {{{"TLS_CERT_FILE", cert}, {"TLS_KEY_FILE", other.path() + "/key.pem"}}, 1, "the key does not belong"},
        {{{"TLS_CERT_FILE", cert}}, 2, "TLS_KEY_FILE is missing"},
        {{{"TLS_CERT_FILE", cert}, {"TLS_KEY_FILE", key}, {"WEBHOOK_BASE_URL", "https://localhost:1/api"}},
         0,
         "⚠ TLS_CERT_FILE: the certificate does not name localhost"},
        {{{"WEBHOOK_BASE_URL", "http://127.0.0.1:" + std::to_string(world.siigo_port()) + "/api"}},
         1,
         "but not as stockcast does"},
        {{{"ALERT_WEBHOOK_URL", "http://127.0.0.1:1/hooks/demo-access-key"}},
         1,
         "❌ ALERT_WEBHOOK_URL: 127.0.0.1:1 can't be reached"},
        {{{"ALERT_WEBHOOK_URL", "http://shop.example/hooks"}},
         2,
         "it takes: https://HOST[/PATH], or http:// on loopback"},
        {{{"ALERT_WEBHOOK_URL", "http://127.0.0.1:" + std::to_string(world.siigo_port()) + "/hooks"}},
         0,
         "✅ ALERT_WEBHOOK_URL: 127.0.0.1:"},
        {{{"PORT", "http"}, {"SIIGO_ENABLED", "false"}}, 2, "❌ PORT=http is not accepted"},
        {{{"SYNC_INTERVALL", "1m"}}, 0, "⚠ Unknown setting SYNC_INTERVALL; did you mean SYNC_INTERVAL?"},
    };
    for (const auto& row : rows) {
        const auto ran = run({"check"}, settings_of(world, row.more));
        INFO(row.line);
        CHECK(ran.exit_code == row.exit_code);
        CHECK(holds(ran.output, row.line));
        CHECK_FALSE(holds(ran.output, "demo-access-key"));
        CHECK_FALSE(holds(ran.output, "wrong-key"));
    }
}

TEST_CASE("check does not ask SIIGO again when it has refused the credentials", "[e2e]") {
    World world{
        {.simulator = {"--products", "5"}, .server = {{"SIIGO_ACCESS_KEY", "wrong-key"}, {"SYNC_INTERVAL", "1s"}}}};
    world.start_server();
    REQUIRE(eventually([&] { return world.siigo_requests("POST /auth") >= 3; }, std::chrono::seconds{60}));
    REQUIRE(eventually([&] { return holds(world.get("/api/stats").body, R"("state":"refused")"); }));
    const auto asked = world.siigo_requests("POST /auth");
    const auto ran = run({"check"}, settings_of(world, {{"SIIGO_ACCESS_KEY", "wrong-key"}}));
    CHECK(ran.exit_code == 1);
    CHECK(holds(ran.output, "next probe at"));
    CHECK(world.siigo_requests("POST /auth") == asked);
    CHECK(run({"check"}, settings_of(world)).exit_code == 0);  // with the right key it is tried at once
}

TEST_CASE("check tells when a key file is open to others", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"JWT_SECRET", ""}}}};
    world.start_server();
    REQUIRE(world.stop_server() == 0);
    auto environment = settings_of(world, {{"JWT_SECRET", ""}, {"SIIGO_ENABLED", "false"}});
    CHECK(run({"check"}, environment).exit_code == 0);
    REQUIRE(::chmod((world.data_dir() + "/jwt.key").c_str(), 0644) == 0);
    const auto open = run({"check"}, environment);
    CHECK(open.exit_code == 1);
    CHECK(holds(open.output, "chmod 600"));
}

// ── setup ────────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("setup activates with a server of its own, and run again it changes nothing", "[e2e]") {
    World world{{.simulator = {"--products", "130"}}};
    const auto environment = settings_of(world);
    const auto first = run({"setup"}, environment);
    CHECK(first.exit_code == 0);
    CHECK(holds(first.output, "130 products are mirrored"));
    CHECK(holds(first.output, "⚠ WEBHOOK_BASE_URL is not set"));
    CHECK(holds(first.output, "✅ Now start the server"));

    const auto again = run({"setup"}, environment);
    CHECK(again.exit_code == 0);
    CHECK(holds(again.output, "130 products are mirrored"));
    world.start_server();
    CHECK(world.head() == 130);  // one change for each product, and none from the second run
    CHECK(world.agrees());
}

TEST_CASE("setup asks the server that runs and sends a webhook through the public address", "[e2e]") {
    World world{{.simulator = {"--products", "60"}}};
    world.start_server();
    const auto url = "http://127.0.0.1:" + std::to_string(world.port()) + "/api/webhooks";
    const auto ran = run({"setup"}, settings_of(world, {{"WEBHOOK_BASE_URL", url}}));
    CHECK(ran.exit_code == 0);
    CHECK(holds(ran.output, "✅ A server runs at http://127.0.0.1:"));
    CHECK(holds(ran.output, "✅ Self-test: a webhook sent to " + url + " arrived here"));
    CHECK_FALSE(holds(ran.output, World::secret()));
    CHECK(eventually([&] { return world.agrees(); }));
    CHECK(world.head() == 60);

    // A token that was handed over serves as well as one that is signed here.
    TemporaryDirectory directory;
    const auto token_file = directory.path() + "/token";
    std::ofstream{token_file} << World::admin_token() << '\n';
    const Environment other_key{{"WEBHOOK_BASE_URL", url}, {"JWT_SECRET", "another-secret-of-the-test-0123456789"}};
    CHECK(run({"setup", "--token-file", token_file}, settings_of(world, other_key)).exit_code == 0);
    CHECK(holds(run({"setup"}, settings_of(world, other_key)).output, "does not take our token"));

    // Someone else's server at the public address is not taken for ours.
    World stranger{{.server = {{"SIIGO_ENABLED", "false"}}}};
    stranger.start_server();
    const auto elsewhere = "http://127.0.0.1:" + std::to_string(stranger.port()) + "/api/webhooks";
    const auto fooled = run({"setup"}, settings_of(world, {{"WEBHOOK_BASE_URL", elsewhere}}));
    CHECK(fooled.exit_code == 1);
    CHECK(holds(fooled.output, "not by this server"));
}

TEST_CASE("setup subscribes the three topics to the public https address", "[e2e]") {
    TemporaryDirectory directory;
    REQUIRE(run_to_end({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "30", "-subj", "/CN=shop", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", directory.path() + "/key.pem", "-out", directory.path() + "/cert.pem"},
                       {}, directory.path())
                .exit_code == 0);
    const auto cert = directory.path() + "/cert.pem";
    World world{{.simulator = {"--products", "20", "--variant", "loopback_urls", "--ca-file", cert}}};
    const auto port = free_port();
    const auto url = "https://127.0.0.1:" + std::to_string(port) + "/api/webhooks";
    // OpenSSL takes the system's trust from SSL_CERT_FILE.
    const Environment more{{"PORT", std::to_string(port)},
                           {"TLS_CERT_FILE", cert},
                           {"TLS_KEY_FILE", directory.path() + "/key.pem"},
                           {"SSL_CERT_FILE", cert},
                           {"WEBHOOK_BASE_URL", url}};
    const auto ran = run({"setup"}, settings_of(world, more));
    CHECK(ran.exit_code == 0);
    CHECK(holds(ran.output, "✅ SIIGO sends its webhooks to " + url + " (3 topics)"));
    CHECK(holds(ran.output, "✅ Self-test"));
    CHECK(world.siigo_requests("POST /v1/webhooks") == 3);
    CHECK(run({"setup"}, settings_of(world, more)).exit_code == 0);
    CHECK(world.siigo_requests("POST /v1/webhooks") == 3);  // nothing to do the second time
}

TEST_CASE("setup tells when SIIGO refuses the credentials", "[e2e]") {
    World world{{.simulator = {"--products", "5"}}};
    const auto ran = run({"setup"}, settings_of(world, {{"SIIGO_ACCESS_KEY", "wrong-key"}}));
    CHECK(ran.exit_code == 1);
    CHECK(holds(ran.output, "❌ SIIGO refuses the credentials"));
    CHECK(run({"setup"}, settings_of(world, {{"SIIGO_ENABLED", "false"}})).exit_code == 2);
    CHECK(run({"setup"}, {}).exit_code == 2);
}

// ── completion, man, usage ───────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("bash completes commands, options and their values", "[e2e]") {
    TemporaryDirectory directory;
    const std::string script = "source <(" STOCKCAST_PROGRAM R"( completion bash)
complete_at() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _stockcast 2>/dev/null; echo "$* -> ${COMPREPLY[*]}"; }
complete_at stockcast ch
complete_at stockcast token --r
complete_at stockcast token --role ''
complete_at stockcast token --role = v
complete_at stockcast --env-file x hea
complete_at stockcast completion f
cd / && complete_at stockcast --env-file /etc/host
)";
    const auto ran = run_to_end({"/bin/bash", "--norc", "-c", script}, {}, directory.path());
    INFO(ran.output);
    CHECK(holds(ran.output, "stockcast ch -> check\n"));
    CHECK(holds(ran.output, "token --r -> --role\n"));
    CHECK(holds(ran.output, "--role  -> admin viewer\n"));
    CHECK(holds(ran.output, "--role = v -> viewer\n"));
    CHECK(holds(ran.output, "x hea -> health\n"));
    CHECK(holds(ran.output, "completion f -> fish\n"));
    CHECK(holds(ran.output, "/etc/hostname"));
}

TEST_CASE("fish completes commands, options and their values", "[e2e]") {
    TemporaryDirectory directory;
    const auto complete = [&](const std::string& line) {
        return run_to_end({"/usr/bin/fish", "--no-config", "-c",
                           STOCKCAST_PROGRAM " completion fish | source; complete -C '" + line + "'"},
                          {{"HOME", directory.path()}}, directory.path())
            .output;
    };
    CHECK(holds(complete("stockcast ch"), "check\tSay what is wrong"));
    CHECK(holds(complete("stockcast token --r"), "--role"));
    CHECK(complete("stockcast token --role v").starts_with("viewer"));
    CHECK(complete("stockcast completion z").starts_with("zsh"));
}

TEST_CASE("zsh completes commands, options and their values", "[e2e]") {
    TemporaryDirectory directory;
    // A real line editor on a terminal of zsh's own; what is offered is read from its screen.
    const auto complete = [&](const std::string& line) {
        const std::string script = R"(zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -d )" +
                                   directory.path() +
                                   R"(/dump; source <()" STOCKCAST_PROGRAM R"( completion zsh); echo READY'
local text chunk
repeat 200; do zpty -rt shell chunk && text+=$chunk; [[ $text == *READY*READY* ]] && break; sleep 0.05; done
text=
zpty -wn shell $')" + line + R"(\t\t'
repeat 40; do zpty -rt shell chunk && text+=$chunk; sleep 0.05; done
print -r -- $text
)";
        return run_to_end({"/usr/bin/zsh", "-f", "-c", script}, {{"HOME", directory.path()}, {"TERM", "xterm"}},
                          directory.path())
            .output;
    };
    CHECK(holds(complete("stockcast heal"), "stockcast health"));
    const auto roles = complete("stockcast token --role ");
    INFO(roles);
    CHECK(holds(roles, "admin"));
    CHECK(holds(roles, "viewer"));
}

TEST_CASE("every command has a manual page that a strict formatter takes, in both languages", "[e2e]") {
    TemporaryDirectory directory;
    const auto pages = directory.path() + "/pages";
    for (const auto* language : {"C", "es_CO.UTF-8"}) {
        REQUIRE(run({"man", "--to", pages}, {{"LANG", language}}).exit_code == 0);
        std::size_t count = 0;
        for (const auto& page : std::filesystem::directory_iterator{pages}) {
            ++count;
            INFO(page.path());
            CHECK(run_to_end({"/usr/bin/mandoc", "-Tlint", page.path().string()}, {}, directory.path()).output == "");
        }
        CHECK(count >= 9);
    }
    const auto page = run({"man"}, {}).output;
    CHECK(holds(page, ".TH STOCKCAST 1"));
    CHECK(holds(page, "SIIGO_ACCESS_KEY"));
    CHECK(holds(page, "\\fBhealth\\fR"));
    CHECK(holds(run({"man", "token"}, {}).output, "\\fB\\-\\-role\\fR"));
}

TEST_CASE("every program has --help and --version, and wrong usage exits with 2", "[e2e]") {
    TemporaryDirectory directory;
    const std::string program = GENERATE(as<std::string>{}, STOCKCAST_PROGRAM, SIIGO_SIM_PROGRAM,
                                         STOCKCAST_DUMP_PROGRAM, STOCKCAST_REPLAY_PROGRAM);
    INFO(program);
    const auto name = std::filesystem::path{program}.filename().string();
    const auto ask = [&](const std::string& option, const char* language) {
        return run_to_end({program, option}, {{"LANG", language}}, directory.path());
    };
    CHECK(ask("--help", "C").exit_code == 0);
    CHECK(holds(ask("--help", "C").output, "Usage:"));
    CHECK(holds(ask("--help", "es_CO.UTF-8").output, "Uso:"));
    const auto version = ask("--version", "C");
    CHECK(version.exit_code == 0);
    CHECK(version.output.starts_with(name + " "));
    CHECK(count_of(version.output, "\n") == 1);
    const auto wrong = ask("--no-such-option", "C");
    CHECK(wrong.exit_code == 2);
    CHECK(holds(wrong.output, "❌"));
    CHECK(holds(wrong.output, "See: " + name + " --help"));
}

TEST_CASE("token prints the token and nothing else", "[e2e]") {
    TemporaryDirectory directory;
    const Environment environment{{"DATA_DIR", directory.path() + "/data"}};
    const auto ran = run({"token", "--role", "admin", "--subject", "till 3", "--ttl", "12h"}, environment);
    CHECK(ran.exit_code == 0);
    CHECK(count_of(ran.output, "\n") == 1);
    CHECK(count_of(ran.output, ".") == 2);
    CHECK(run({"token", "--role", "admin", "--ttl", "0s"}, environment).exit_code == 2);
    CHECK(run({"token", "--role", "admin", "--ttl", "4000d"}, environment).exit_code == 2);
}

}  // namespace
}  // namespace stockcast::e2e
