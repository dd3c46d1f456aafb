#pragma once

#include "stockcast/base/log.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace stockcast {

/// A sentence as its reader wants it.
std::string in_language(Sentence sentence, Language language);

/// Declares the options and arguments of a program, or of one of its commands, in the reader's language. `--help`, the
/// manual page and the shells' completions are three views of what is declared here.
class Declaration {
public:
    Declaration(CLI::App& app, Language language) : app_(app), language_(language) {}

    /// `name`: `--ttl`, or without dashes an argument by its place. `value`: what stands for the value in the help.
    /// `FILE` and `DIR` are completed as such.
    CLI::Option* option(const std::string& name, std::string& into, const std::string& value, Sentence meaning);
    CLI::Option* option(const std::string& name, std::optional<std::string>& into, const std::string& value,
                        Sentence meaning);
    /// Several values: as many as follow it, and it may come again.
    CLI::Option* option(const std::string& name, std::vector<std::string>& into, const std::string& value,
                        Sentence meaning);
    /// One of a few words, which are told and completed.
    CLI::Option* choice(const std::string& name, std::string& into, const std::string& value,
                        std::vector<std::string> words, Sentence meaning);
    CLI::Option* flag(const std::string& name, bool& into, Sentence meaning);
    /// A command of its own below this one.
    CLI::App& command(const std::string& name, Sentence summary, Sentence details);
    /// What stands below the options in `--help`, and as the description in the manual page.
    void details(Sentence text);

private:
    CLI::App& app_;
    Language language_;
};

/// Headings and the texts of `--help` in the reader's language, and `--version`.
void begin_declaration(CLI::App& program, Language language);
/// For the tools, which have no commands `man` and `completion`: `--man` and `--completion SHELL`.
void add_views(CLI::App& program, Language language);

/// Reads the arguments. An exit code where that ends the program: 0 after `--help` and its like, 2 on wrong usage, which
/// is told on standard error. `judge`: what can't be said of single options; throws CLI::ValidationError.
std::optional<int> parse_arguments(CLI::App& program, int argc, char** argv, Language language,
                                   const std::function<void()>& judge = {});

/// A further section of a manual page: its heading, and entries that have a term and an explanation each.
struct ManualSection {
    struct Entry {
        std::string term;
        std::string text;
    };
    std::string heading;
    std::vector<Entry> entries;
};

/// The manual page (section 1, man(7) macros) of `program`, or of its command `command`.
std::string manual_page(const CLI::App& program, const CLI::App* command, Language language,
                        const std::vector<ManualSection>& more = {});

enum class Shell { bash, zsh, fish };
std::optional<Shell> shell_named(std::string_view name);
/// The names that `shell_named` takes.
std::vector<std::string> shell_names();
/// A script for that shell which completes the program's commands, options and values.
std::string completion_script(const CLI::App& program, Shell shell);

}  // namespace stockcast
