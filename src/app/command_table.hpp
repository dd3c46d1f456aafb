#pragma once

#include "stockcast/app/settings.hpp"
#include "stockcast/app/usage.hpp"

#include <optional>
#include <span>
#include <string>

namespace stockcast {

/// What the arguments of all commands are read into; each command declares its own.
struct CommandArguments {
    std::optional<std::string> env_file;
    std::string role;
    std::string ttl = "30d";
    std::string subject = "cli";
    bool retire = false;  ///< rotate-secret
    std::string timeout = "5s";
    std::string token_file;  ///< an admin's, where we can't sign one
    std::string shell;
    std::string directory;
    bool same_epoch = false;
    bool empty = false;
    bool upstream = false;
    std::string page;             ///< the command whose manual page is wanted; empty: the program's
    std::string pages_directory;  ///< where all of them are written to; empty: one, to standard output
};

/// One call of `stockcast`.
struct Invocation {
    CommandArguments arguments;
    Language language;
    CLI::App& program;
};

/// One command: what `--help`, the manual page and the completions say of it, and what it does, follow from this entry.
struct Command {
    const char* name;
    Sentence summary;  ///< one line, without a full stop
    Sentence details;  ///< paragraphs for its own help and manual page; empty: none
    void (*declare)(Declaration& options, CommandArguments& into);  ///< null: it takes none
    int (*run)(const Invocation& invocation);                       ///< the exit code
};
std::span<const Command> commands();

/// Settings that the command may run with; nothing when it may not, which has then been told (exit 2).
std::optional<Settings> settings_for(Needs needs, const Invocation& invocation);
/// `❌` and the complaint on standard error.
void say(const Complaint& complaint, Language language);

}  // namespace stockcast
