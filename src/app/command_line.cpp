// Arguments in, command chosen, exit code out.
#include "app/failure.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>

namespace stockcast {
namespace {

struct Arguments {
    std::optional<std::string> env_file;
    std::string role;
    std::string ttl = "30d";
    std::string subject = "cli";
};

void say(const Complaint& complaint, Language language) {
    const auto& text = language == Language::spanish ? complaint.spanish : complaint.english;
    std::fprintf(stderr, "❌ %s\n", text.c_str());
}

/// Settings that may be run with; nothing when they may not, which has then been told.
std::optional<Settings> settings_for(Needs needs, const Arguments& arguments, Language language) {
    auto found = read_surroundings(arguments.env_file);
    auto checked = check_settings(found.source, needs);
    for (const auto& warning : checked.warnings) say(warning, language);
    for (const auto& complaint : found.complaints) say(complaint, language);
    for (const auto& complaint : checked.complaints) say(complaint, language);
    if (!found.complaints.empty() || !checked.complaints.empty()) return std::nullopt;
    return std::move(checked.settings);
}

std::unique_ptr<Log> console(const Settings& settings, Language language) {
    return open_console_log({settings.log_level, settings.log_format, language});
}

int run_serve(const Arguments& arguments, Language language) {
    const auto settings = settings_for(Needs::server, arguments, language);
    if (!settings) return 2;
    const auto log = console(*settings, language);
    return serve(*settings, *log);
}

int run_demo(const Arguments& arguments, Language language) {
    auto settings = settings_for(Needs::store, arguments, language);
    if (!settings) return 2;
    if (settings->host == Settings{}.host) settings->host = "127.0.0.1";
    const auto log = console(*settings, language);
    return demo(std::move(*settings), *log, language);
}

int run_token(const Arguments& arguments, Language language) {
    const auto settings = settings_for(Needs::store, arguments, language);
    if (!settings) return 2;
    const auto ttl = parse_duration(arguments.ttl);
    constexpr std::chrono::hours longest{24 * 3650};
    if (!ttl || *ttl < std::chrono::seconds{1} || *ttl > longest) {
        say({"--ttl=" + arguments.ttl + " is not accepted; it takes: 1s to 3650d, such as 12h or 30d",
             "--ttl=" + arguments.ttl + " no es válido; se acepta: 1s a 3650d, como 12h o 30d"},
            language);
        return 2;
    }
    return print_token(*settings, arguments.role, *ttl, arguments.subject);
}

int told(const std::exception& why, Language language) {
    if (const auto* failure = dynamic_cast<const Failure*>(&why))
        say({failure->what(), failure->spanish()}, language);
    else if (const auto* refused = dynamic_cast<const StoreRefused*>(&why))
        say({refused->what(), refused->spanish()}, language);
    else
        say({why.what(), why.what()}, language);
    return 1;
}

}  // namespace

int run_program(int argc, char** argv) {
    const auto language = language_from_environment();
    Arguments arguments;
    CLI::App program{
        "stockcast mirrors SIIGO Nube's stock and tells every front-end each change over WebSocket.\n"
        "Without a command it serves. Settings are environment variables: .env.example explains each.",
        "stockcast"};
    program.set_version_flag("--version", std::string{"stockcast "} + STOCKCAST_VERSION);
    program.add_option("--env-file", arguments.env_file,
                       "Read settings from this file; the environment wins (default: .env if it is there)");
    program.require_subcommand(0, 1);
    program.fallthrough();
    program.add_subcommand("serve", "The server (also what a bare `stockcast` does)");
    auto* demo_command = program.add_subcommand(
        "demo", "The server against a built-in SIIGO simulator: no credentials, no configuration");
    auto* token_command = program.add_subcommand("token", "Print a signed token");
    token_command->add_option("--role", arguments.role, "admin or viewer")
        ->required()
        ->check(CLI::IsMember({"admin", "viewer"}));
    token_command->add_option("--ttl", arguments.ttl, "How long it holds, such as 12h or 30d")->capture_default_str();
    token_command->add_option("--subject", arguments.subject, "Whose it is; stands in logs")->capture_default_str();

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return program.exit(e) == 0 ? 0 : 2;
    }
    try {
        if (demo_command->parsed()) return run_demo(arguments, language);
        if (token_command->parsed()) return run_token(arguments, language);
        return run_serve(arguments, language);
    } catch (const std::exception& why) {
        return told(why, language);
    }
}

}  // namespace stockcast
