// Arguments in, command chosen, exit code out.
#include "app/command_table.hpp"
#include "app/failure.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

namespace stockcast {
namespace {

int told(const std::exception& why, Language language) {
    if (const auto* failure = dynamic_cast<const Failure*>(&why))
        say({failure->what(), failure->spanish()}, language);
    else if (const auto* refused = dynamic_cast<const StoreRefused*>(&why))
        say({refused->what(), refused->spanish()}, language);
    else
        say({why.what(), why.what()}, language);
    return 1;
}

void warn(const Complaint& complaint, Language language) {
    std::fprintf(stderr, "⚠ %s\n", in_language({complaint.english, complaint.spanish}, language).c_str());
}

void declare(CLI::App& program, CommandArguments& into, Language language) {
    begin_declaration(program, language);
    Declaration top{program, language};
    top.option("--env-file", into.env_file, "FILE",
               {"Read settings from this file; the environment wins (default: .env if it is there)",
                "Lee las variables de este archivo; el entorno prevalece (por defecto: .env si existe)"});
    program.require_subcommand(0, 1);
    program.fallthrough();
    for (const auto& command : commands()) {
        Declaration options{top.command(command.name, command.summary, command.details), language};
        if (command.declare) command.declare(options, into);
    }
}

const Command& chosen(const CLI::App& program) {
    for (const auto& command : commands())
        if (program.got_subcommand(command.name)) return command;
    return commands().front();
}

}  // namespace

void say(const Complaint& complaint, Language language) {
    std::fprintf(stderr, "❌ %s\n", in_language({complaint.english, complaint.spanish}, language).c_str());
}

std::optional<Settings> settings_for(Needs needs, const Invocation& invocation) {
    auto found = read_surroundings(invocation.arguments.env_file);
    auto checked = check_settings(found.source, needs);
    for (const auto& warning : checked.warnings) warn(warning, invocation.language);
    for (const auto& complaint : found.complaints) say(complaint, invocation.language);
    for (const auto& complaint : checked.complaints) say(complaint, invocation.language);
    if (!found.complaints.empty() || !checked.complaints.empty()) return std::nullopt;
    return std::move(checked.settings);
}

int run_program(int argc, char** argv) {
    const auto language = language_from_environment();
    CLI::App program{
        in_language({"Mirrors SIIGO Nube's stock and tells every front-end each change over WebSocket\n"
                     "Without a command it serves. Settings are environment variables; .env.example explains each.",
                     "Refleja el inventario de SIIGO Nube y avisa cada cambio por WebSocket\n"
                     "Sin comando, sirve. Se configura con variables de entorno; .env.example explica cada una."},
                    language),
        "stockcast"};
    CommandArguments arguments;
    declare(program, arguments, language);
    if (const auto ended = parse_arguments(program, argc, argv, language)) return *ended;
    try {
        return chosen(program).run({std::move(arguments), language, program});
    } catch (const std::exception& why) {
        return told(why, language);
    }
}

}  // namespace stockcast
