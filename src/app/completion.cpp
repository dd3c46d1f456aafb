// What a shell completes of a program's command line, written for bash, zsh and fish.
#include "app/usage_shape.hpp"

#include "stockcast/app/usage.hpp"

#include <algorithm>
#include <array>

namespace stockcast {
namespace {

using Takes = OptionShape::Takes;

constexpr std::array shells{std::pair{"bash", Shell::bash}, std::pair{"zsh", Shell::zsh},
                            std::pair{"fish", Shell::fish}};

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : std::string{between}) + word;
    return text;
}

std::vector<std::string> names_of(const std::vector<CommandShape>& commands) {
    std::vector<std::string> names;
    for (const auto& command : commands) names.push_back(command.name);
    return names;
}

std::vector<std::string> names_of(const std::vector<OptionShape>& options) {
    std::vector<std::string> names;
    for (const auto& option : options) names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

/// A shell function's name: `stockcast-dump` has no valid one.
std::string function_name(const std::string& program) {
    std::string name = "_" + program;
    std::ranges::replace(name, '-', '_');
    return name;
}

/// Text between single quotes.
std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c == '\n' ? ' ' : c;
    }
    return out + "'";
}

// ── bash ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The statement that completes such a value.
std::string bash_value(const OptionShape& option) {
    switch (option.takes) {
        case Takes::words: return "COMPREPLY=($(compgen -W " + in_quotes(joined(option.words, " ")) + " -- \"$cur\"))";
        case Takes::file: return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")";
        case Takes::directory: return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")";
        case Takes::text:
        case Takes::nothing: break;
    }
    return ":";
}

/// After an option that takes a value comes that value. `command`: `*` where the option stands before or after any.
std::string bash_values(const std::string& command, const std::vector<OptionShape>& options) {
    std::string out;
    for (const auto& option : options) {
        if (option.takes == Takes::nothing) continue;
        std::vector<std::string> patterns;
        for (const auto& name : option.names) patterns.push_back(command + "' " + name + "'");
        out += "        " + joined(patterns, " | ") + ") " + bash_value(option) + "; return ;;\n";
    }
    return out;
}

std::string bash_words(const std::string& command, const CommandShape& shape, std::vector<std::string> options) {
    const auto own = names_of(shape.options);
    options.insert(options.begin(), own.begin(), own.end());
    std::ranges::sort(options);
    options.erase(std::ranges::unique(options).begin(), options.end());
    std::string out = "        " + command + ")\n            if [[ $cur == -* ]]; then\n";
    out += "                COMPREPLY=($(compgen -W " + in_quotes(joined(options, " ")) + " -- \"$cur\"))\n";
    if (!shape.commands.empty())
        out += "            else\n                COMPREPLY=($(compgen -W " +
               in_quotes(joined(names_of(shape.commands), " ")) + " -- \"$cur\"))\n";
    else if (!shape.arguments.empty())
        out += "            else\n                " + bash_value(shape.arguments.front()) + "\n";
    return out + "            fi\n            ;;\n";
}

std::string bash(const CommandShape& program) {
    const auto function = function_name(program.name);
    const auto everywhere = names_of(program.options);
    std::vector<std::string> with_value;
    for (const auto& option : program.options)
        if (option.takes != Takes::nothing)
            with_value.insert(with_value.end(), option.names.begin(), option.names.end());

    std::string out = "# bash completion of " + program.name + "\n" + function + "() {\n";
    out +=
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= i\n"
        "    COMPREPLY=()\n"
        "    # bash takes --option=value for three words.\n"
        "    if [[ $cur == = ]]; then\n"
        "        cur=\n"
        "    elif [[ $prev == = ]]; then\n"
        "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
        "    fi\n";
    if (!program.commands.empty()) {
        out += "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n";
        if (!with_value.empty())
            out += "            " + joined(with_value, " | ") +
                   ")\n                [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))\n                ((i++))\n"
                   "                ;;\n";
        out += "            " + joined(names_of(program.commands), " | ") +
               ")\n                command=${COMP_WORDS[i]}\n                break\n                ;;\n"
               "        esac\n    done\n";
    }
    out += "    case \"$command $prev\" in\n" + bash_values("*", program.options);
    for (const auto& command : program.commands) out += bash_values(command.name, command.options);
    out += "    esac\n    case $command in\n" + bash_words("''", program, {});
    for (const auto& command : program.commands) out += bash_words(command.name, command, everywhere);
    return out + "    esac\n}\ncomplete -F " + function + " " + program.name + "\n";
}

// ── zsh ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// In a description of _arguments or _describe brackets and colons have a meaning of their own.
std::string zsh_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_value(const OptionShape& option) {
    const auto name = zsh_text(option.value.empty() ? option.names.front() : option.value);
    switch (option.takes) {
        case Takes::words: return ":" + name + ":(" + joined(option.words, " ") + ")";
        case Takes::file: return ":" + name + ":_files";
        case Takes::directory: return ":" + name + ":_files -/";
        case Takes::text: return ":" + name + ": ";
        case Takes::nothing: break;
    }
    return {};
}

std::string zsh_specs(const CommandShape& shape) {
    std::string out;
    for (const auto& option : shape.options) {
        // Of --help and -h the one excludes the other.
        const auto others = option.repeated ? std::string{"*"} : "(" + joined(option.names, " ") + ")";
        for (const auto& name : option.names) {
            const bool joins = option.takes != Takes::nothing && name.starts_with("--");
            out += " \\\n        " + in_quotes(others + name + (joins ? "=" : "") + "[" + zsh_text(option.meaning) +
                                               "]" + zsh_value(option));
        }
    }
    int place = 0;
    for (const auto& argument : shape.arguments)
        out += " \\\n        " + in_quotes((argument.repeated ? "*" : std::to_string(++place)) + zsh_value(argument));
    return out;
}

std::string zsh(const CommandShape& program) {
    const auto function = function_name(program.name);
    std::string out = "#compdef " + program.name + "\n# zsh completion of " + program.name + "\n" + function + "() {\n";
    if (program.commands.empty()) {
        out += "    _arguments -s -S" + zsh_specs(program) + "\n";
    } else {
        out +=
            "    local context state state_descr line curcontext=$curcontext\n    typeset -A opt_args\n"
            "    local -a commands=(\n";
        for (const auto& command : program.commands)
            out += "        " + in_quotes(command.name + ":" + zsh_text(command.summary)) + "\n";
        out += "    )\n    _arguments -C -s -S" + zsh_specs(program) +
               " \\\n        '1: :->command' '*:: :->rest'\n    case $state in\n"
               "    command) _describe -t commands command commands ;;\n    rest)\n        case $words[1] in\n";
        for (const auto& command : program.commands) {
            auto specs = zsh_specs(command);
            for (std::size_t at = 0; (at = specs.find("\n        ", at)) != std::string::npos; at += 9)
                specs.replace(at, 9, "\n            ");
            out += "        " + command.name + ") _arguments -s -S" + specs + " ;;\n";
        }
        out += "        esac\n        ;;\n    esac\n";
    }
    // Read from a file of $fpath it is the function itself; sourced, it has to be made known.
    return out + "}\nif [[ $funcstack[1] == " + function + " ]]; then\n    " + function +
           " \"$@\"\nelse\n    compdef " + function + " " + program.name + "\nfi\n";
}

// ── fish ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string fish_value(const OptionShape& option) {
    switch (option.takes) {
        case Takes::words: return " -x -a " + in_quotes(joined(option.words, " "));
        case Takes::file: return " -r -F";
        case Takes::directory: return " -x -a '(__fish_complete_directories)'";
        case Takes::text: return " -x";
        case Takes::nothing: break;
    }
    return {};
}

/// One line for each option and argument. `when`: the condition, with its blank; empty: always.
std::string fish_lines(const std::string& begin, const std::string& when, const CommandShape& shape) {
    std::string out;
    for (const auto& option : shape.options) {
        out += begin + when;
        for (const auto& name : option.names)
            out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        out += fish_value(option) + " -d " + in_quotes(option.meaning) + "\n";
    }
    for (const auto& argument : shape.arguments) {
        if (argument.takes == Takes::text) continue;
        auto values = fish_value(argument);
        if (values.starts_with(" -x")) values.replace(0, 3, "");
        if (values.starts_with(" -r")) values.replace(0, 3, "");
        out += begin + when + values + "\n";
    }
    return out;
}

std::string fish(const CommandShape& program) {
    const auto begin = "complete -c " + program.name;
    std::string out = "# fish completion of " + program.name + "\n" + begin + " -f\n" + fish_lines(begin, "", program);
    for (const auto& command : program.commands)
        out += begin + " -n __fish_use_subcommand -a " + command.name + " -d " + in_quotes(command.summary) + "\n";
    for (const auto& command : program.commands)
        out += fish_lines(begin, " -n '__fish_seen_subcommand_from " + command.name + "'", command);
    return out;
}

/// What every command takes is said once, for the program: that it explains itself.
void drop_help_of_commands(CommandShape& program) {
    for (auto& command : program.commands)
        std::erase_if(command.options, [](const OptionShape& option) { return option.names.front() == "--help"; });
}

}  // namespace

std::optional<Shell> shell_named(std::string_view name) {
    for (const auto& [known, shell] : shells)
        if (name == known) return shell;
    return std::nullopt;
}

std::vector<std::string> shell_names() {
    std::vector<std::string> names;
    for (const auto& [name, shell] : shells) names.emplace_back(name);
    return names;
}

std::string completion_script(const CLI::App& program, Shell shell) {
    auto shape = shape_of(program);
    if (shell == Shell::zsh) return zsh(shape);  // its commands complete their own options alone
    drop_help_of_commands(shape);
    return shell == Shell::bash ? bash(shape) : fish(shape);
}

}  // namespace stockcast
