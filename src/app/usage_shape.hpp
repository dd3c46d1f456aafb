#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace stockcast {

/// An option (`--ttl`) or an argument (`DIR`) as it was declared.
struct OptionShape {
    enum class Takes { nothing, text, file, directory, words };

    std::vector<std::string> names;  ///< with their dashes, long ones first; of an argument its one name
    std::string meaning;
    Takes takes = Takes::nothing;
    std::string value;               ///< what stands for the value: `TIME`
    std::vector<std::string> words;  ///< those that are accepted, where only some are
    std::string standard;            ///< the default; empty: none is told
    bool required = false;
    bool repeated = false;
};

/// A program or a command as it was declared: what the manual page and the completions are made from.
struct CommandShape {
    std::string name;
    std::string summary;
    std::string details;
    std::vector<OptionShape> options;
    std::vector<OptionShape> arguments;
    std::vector<CommandShape> commands;
};

CommandShape shape_of(const CLI::App& app);

}  // namespace stockcast
