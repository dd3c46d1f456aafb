#include "stockcast/app/usage.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace stockcast {
namespace {

constexpr int wrong_usage = 2;

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : std::string{between}) + word;
    return text;
}

/// Headings of `--help`; CLI11 asks for them by their English names.
void label(CLI::App& app, Language language) {
    const auto formatter = std::make_shared<CLI::Formatter>();
    formatter->label("SUBCOMMAND", "COMMAND");
    app.formatter(formatter);
    if (language != Language::spanish) return;
    for (const auto& [english, spanish] :
         std::initializer_list<std::pair<const char*, const char*>>{{"Usage", "Uso"},
                                                                    {"OPTIONS", "OPCIONES"},
                                                                    {"SUBCOMMAND", "COMANDO"},
                                                                    {"SUBCOMMANDS", "COMANDO"},
                                                                    {"Positionals", "Argumentos"},
                                                                    {"REQUIRED", "(obligatorio)"},
                                                                    {"Needs", "Necesita"},
                                                                    {"Excludes", "Excluye"}})
        formatter->label(english, spanish);
}

void give_help(CLI::App& app, Language language) {
    app.set_help_flag("--help,-h", in_language({"Print this help and exit", "Muestra esta ayuda y termina"}, language));
}

const char* options_heading(Language language) {
    return language == Language::spanish ? "Opciones" : "Options";
}

CLI::Validator one_of(std::vector<std::string> words, Language language) {
    const auto told = "{" + joined(words, ",") + "}";
    return CLI::Validator{[words = std::move(words), language](const std::string& given) {
                              if (std::ranges::find(words, given) != words.end()) return std::string{};
                              return in_language({"takes one of: ", "se acepta: "}, language) + joined(words, ", ");
                          },
                          told};
}

/// The name before what CLI11 says of it: `--ttl: 1 required TIME missing`, `--role is required`.
std::string name_in(const std::string& message) {
    return message.substr(0, message.find_first_of(": "));
}

std::string wrong_in(const CLI::ParseError& error, const CLI::App& program, Language language) {
    const std::string message = error.what();
    if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
        const auto extra = joined(program.remaining(true), " ");
        return in_language({"Not expected: ", "No se esperaba: "}, language) + extra;
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) && message.starts_with("A subcommand"))
        return in_language({"A command is missing", "Falta un comando"}, language);
    if (dynamic_cast<const CLI::RequiredError*>(&error))
        return name_in(message) + in_language({" is missing", " es obligatorio"}, language);
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error))
        return name_in(message) + in_language({" takes a value", " necesita un valor"}, language);
    return message;
}

}  // namespace

std::string in_language(Sentence sentence, Language language) {
    return std::string{language == Language::spanish ? sentence.spanish : sentence.english};
}

CLI::Option* Declaration::option(const std::string& name, std::string& into, const std::string& value,
                                 Sentence meaning) {
    return app_.add_option(name, into, in_language(meaning, language_))->type_name(value);
}

CLI::Option* Declaration::option(const std::string& name, std::optional<std::string>& into, const std::string& value,
                                 Sentence meaning) {
    return app_.add_option(name, into, in_language(meaning, language_))->type_name(value);
}

CLI::Option* Declaration::option(const std::string& name, std::vector<std::string>& into, const std::string& value,
                                 Sentence meaning) {
    return app_.add_option(name, into, in_language(meaning, language_))->type_name(value);
}

CLI::Option* Declaration::choice(const std::string& name, std::string& into, const std::string& value,
                                 std::vector<std::string> words, Sentence meaning) {
    return option(name, into, value, meaning)->check(one_of(std::move(words), language_));
}

CLI::Option* Declaration::flag(const std::string& name, bool& into, Sentence meaning) {
    return app_.add_flag(name, into, in_language(meaning, language_));
}

CLI::App& Declaration::command(const std::string& name, Sentence summary, Sentence details) {
    auto* command = app_.add_subcommand(name, in_language(summary, language_));
    give_help(*command, language_);
    command->footer(in_language(details, language_));
    command->group(language_ == Language::spanish ? "Comandos" : "Commands");
    return *command;
}

void Declaration::details(Sentence text) {
    app_.footer(in_language(text, language_));
}

void begin_declaration(CLI::App& program, Language language) {
    label(program, language);
    program.option_defaults()->group(options_heading(language));
    give_help(program, language);
    program.set_version_flag("--version", program.get_name() + " " STOCKCAST_VERSION,
                             in_language({"Print the version and exit", "Muestra la versión y termina"}, language));
}

void add_views(CLI::App& program, Language language) {
    const auto shell = [&program](const std::string& name) {
        std::cout << completion_script(program, *shell_named(name));
        throw CLI::Success{};
    };
    program
        .add_option_function<std::string>(
            "--completion", shell,
            in_language({"Print a completion script and exit", "Muestra un guion de autocompletado y termina"},
                        language))
        ->type_name("SHELL")
        ->check(one_of(shell_names(), language))
        ->trigger_on_parse();
    const auto manual = [&program, language](std::int64_t) {
        std::cout << manual_page(program, nullptr, language);
        throw CLI::Success{};
    };
    program
        .add_flag_function(
            "--man", manual,
            in_language({"Print the manual page (roff) and exit", "Muestra la página del manual (roff) y termina"},
                        language))
        ->trigger_on_parse();
}

std::optional<int> parse_arguments(CLI::App& program, int argc, char** argv, Language language,
                                   const std::function<void()>& judge) {
    try {
        program.parse(argc, argv);
        if (judge) judge();
        return std::nullopt;
    } catch (const CLI::Success& asked) {
        return program.exit(asked);
    } catch (const CLI::ParseError& error) {
        const auto chosen = program.get_subcommands();
        const auto name = program.get_name() + (chosen.empty() ? "" : " " + chosen.front()->get_name());
        std::fprintf(stderr, "❌ %s. %s: %s --help\n", wrong_in(error, program, language).c_str(),
                     language == Language::spanish ? "Vea" : "See", name.c_str());
        return wrong_usage;
    }
}

}  // namespace stockcast
