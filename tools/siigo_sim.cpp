// siigo-sim: SIIGO's API, its shop and its notifications on this machine, for development and tests.
#include "stockcast/app/usage.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/sim/options.hpp"
#include "stockcast/sim/simulator.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace stockcast;

constexpr int failed = 1;

constexpr auto commands_help =
    R"(Commands over HTTP, for tests (no token, no quota, no faults; bodies and answers are JSON):
  GET  /_sim/variants, /_sim/faults   how it behaves, what goes wrong
  POST /_sim/variants, /_sim/faults   {"name": value, ...}: sets those members, all or none
  GET  /_sim/counts                   requests by endpoint, notifications, changes
  GET  /_sim/products                 the truth: [{"id","code","name","active","available_quantity",...}]
  GET  /_sim/trade, POST              {"sales_per_minute": n, "unannounced_share": 0..1}
  POST /_sim/subscribe                {"url"}: all three topics
  POST /_sim/sell                     {"code" or "id", "quantity" sold or "stock" left, "warehouse"?: id or name,
                                       "announce"?: true, "stamp"?: time that stock_updated says}
  POST /_sim/product                  {"action": "create", "code", "name"?, "id"?, "stock"?, "announce"?}
                                      {"action": "rename", "code" or "id", "name"?, "new_code"?, "announce"?}
                                      {"action": "activate" or "deactivate", "code" or "id", "announce"?}
                                      {"action": "delete", "code" or "id", "force"?}: never announced
  POST /_sim/notify                   {"id" or "code", "topic"?, "url"?, "times"?, "without"?: [names], ...}: sends a
                                      notification as it would be now, other members replaced as given; an unknown id
                                      makes a forged one. "body": sends that text as it is

Exit codes: 0 ended by SIGTERM or SIGINT, 1 it can't listen, 2 wrong usage.)";

struct Arguments {
    sim::SimulatorSettings settings;
    sim::Faults faults;
    long token_lifetime_s = 86'400;
    std::string ca_file;
    std::vector<std::string> variants, fault_texts;
};

std::string joined(const std::vector<std::string_view>& names) {
    std::string text;
    for (const auto name : names) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

void declare(CLI::App& app, Arguments& arguments, Language language) {
    auto& settings = arguments.settings;
    settings.address.port = 8090;
    begin_declaration(app, language);
    add_views(app, language);
    app.add_option("--host", settings.address.host, "Address to listen on")->capture_default_str();
    app.add_option("--port", settings.address.port, "Port; 0 takes a free one")->capture_default_str();
    auto* cert = app.add_option("--tls-cert", settings.tls_cert_file, "PEM certificate: HTTPS instead of HTTP")
                     ->type_name("FILE");
    auto* key = app.add_option("--tls-key", settings.tls_key_file, "PEM key of --tls-cert")->type_name("FILE");
    cert->needs(key);
    key->needs(cert);
    app.add_option("--ca-file", arguments.ca_file, "PEM file trusted when notifications go to https://")
        ->type_name("FILE");
    app.add_option("--products", settings.products, "Products in the shop")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--requests-per-minute", settings.requests_per_minute, "The company's quota")->capture_default_str();
    app.add_option("--sales-per-minute", settings.sales_per_minute, "How much happens in the shop")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    app.add_option("--unannounced", settings.unannounced_share, "Share of changes that no notification tells")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    app.add_option("--seed", settings.seed, "Catalogue and trade follow from it")->capture_default_str();
    app.add_option("--username", settings.username, "The API user")->capture_default_str();
    app.add_option("--access-key", settings.access_key, "Its access key")->capture_default_str();
    app.add_option("--company-key", settings.company_key, "company_key of subscriptions and notifications")
        ->capture_default_str();
    app.add_option("--token-lifetime", arguments.token_lifetime_s, "Seconds that a token lives")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_option("--variant", arguments.variants,
                   "name or name=value, may be given several times: " + joined(sim::variant_names()));
    app.add_option("--fault", arguments.fault_texts,
                   "name=value, may be given several times: " + joined(sim::fault_names()));
    app.footer(commands_help);
}

template <class T>
void assign_all(T& to, const std::vector<std::string>& texts, const char* option) {
    for (const auto& text : texts) {
        const auto equals = text.find('=');
        const auto value = equals == std::string::npos ? std::string{"true"} : text.substr(equals + 1);
        if (auto wrong = sim::assign(to, text.substr(0, equals), value)) throw CLI::ValidationError{option, *wrong};
    }
}

/// Ends what `serving` runs at the first SIGTERM or SIGINT; at a second one the process.
asio::awaitable<void> stop_at_signal(asio::signal_set& signals, TaskGroup& serving) {
    const auto [ec, signal] = co_await signals.async_wait(as_value);
    (void)signal;
    if (ec) co_return;
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    signals.clear();
    co_await serving.wind_down(std::chrono::seconds{2});
}

int run(const Arguments& arguments) {
    asio::io_context io{1};
    SystemClock clock;
    SystemRandom random;
    const auto log = open_console_log({LogLevel::warning, LogFormat::text, language_from_environment()});
    ThreadWorkers workers{1};
    const auto connector = make_connector(std::make_shared<TlsClientContext>(arguments.ca_file), workers, clock, *log);
    sim::Simulator simulator{arguments.settings, io.get_executor(), *connector, clock, random, *log};
    simulator.faults() = arguments.faults;

    asio::signal_set signals{io, SIGTERM, SIGINT};  // before the line that others wait for
    const auto& host = arguments.settings.address.host;
    std::cout << "listening on " << (arguments.settings.tls_cert_file.empty() ? "http://" : "https://")
              << (host.find(':') == std::string::npos ? host : '[' + host + ']') << ':' << simulator.port()
              << std::endl;

    TaskGroup serving{io.get_executor(), clock, *log};
    serving.spawn("simulator", simulator.run(serving));
    std::exception_ptr thrown;
    asio::co_spawn(io, stop_at_signal(signals, serving),
                   [&](std::exception_ptr failure) { thrown = std::move(failure); });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const auto language = language_from_environment();
    CLI::App app{"SIIGO Nube's API as documented, over real HTTP, with a shop that sells: for development and tests",
                 "siigo-sim"};
    Arguments arguments;
    declare(app, arguments, language);
    const auto judge = [&] {
        assign_all(arguments.settings.variants, arguments.variants, "--variant");
        assign_all(arguments.faults, arguments.fault_texts, "--fault");
    };
    if (const auto ended = parse_arguments(app, argc, argv, language, judge)) return *ended;
    arguments.settings.token_lifetime = std::chrono::seconds{arguments.token_lifetime_s};
    try {
        return run(arguments);
    } catch (const std::exception& e) {
        std::cerr << "siigo-sim: " << e.what() << '\n';
        return failed;
    }
}
