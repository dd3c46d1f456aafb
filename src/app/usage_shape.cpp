#include "app/usage_shape.hpp"

#include <CLI/CLI.hpp>

#include <string_view>

namespace stockcast {
namespace {

/// `ROLE:{admin,viewer}`: what CLI11 makes of the value's name and of its validators.
void read_type(std::string_view type, OptionShape& shape) {
    shape.takes = OptionShape::Takes::text;
    const auto colon = type.find(':');
    shape.value = type.substr(0, colon);
    if (shape.value == "FILE") shape.takes = OptionShape::Takes::file;
    if (shape.value == "DIR") shape.takes = OptionShape::Takes::directory;

    const auto open = type.find('{');
    const auto close = type.find('}', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return;
    shape.takes = OptionShape::Takes::words;
    for (auto rest = type.substr(open + 1, close - open - 1); !rest.empty();) {
        const auto comma = rest.find(',');
        shape.words.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
}

OptionShape shape_of(const CLI::Option& option) {
    OptionShape shape;
    for (const auto& name : option.get_lnames()) shape.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) shape.names.push_back("-" + name);
    if (option.get_positional()) shape.names = {option.get_name(true, false)};
    shape.meaning = option.get_description();
    if (option.get_expected_max() > 0) read_type(option.get_type_name(), shape);
    shape.standard = option.get_default_str();
    shape.required = option.get_required();
    shape.repeated = option.get_expected_max() == CLI::detail::expected_max_vector_size;
    return shape;
}

}  // namespace

CommandShape shape_of(const CLI::App& app) {
    CommandShape shape;
    shape.name = app.get_name();
    shape.summary = app.get_description();
    shape.details = app.get_footer();
    for (const auto* option : app.get_options())
        (option->get_positional() ? shape.arguments : shape.options).push_back(shape_of(*option));
    for (const auto* command : app.get_subcommands({})) shape.commands.push_back(shape_of(*command));
    return shape;
}

}  // namespace stockcast
