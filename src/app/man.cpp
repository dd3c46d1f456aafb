// Manual pages with the man(7) macros, which every `man` knows.
#include "app/usage_shape.hpp"

#include "stockcast/app/usage.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>

namespace stockcast {
namespace {

/// Text for roff: the backslash and the characters that it would take for others are escaped; so is all beyond ASCII,
/// since what encoding a reader's `man` expects is not known.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        if (length == 1) {
            if (byte == '\\')
                out += "\\e";
            else if (byte == '-')
                out += "\\-";
            else
                out += text[i];
        } else if (i + length <= text.size()) {
            std::uint32_t point = byte & (0xffu >> (length + 1));
            for (std::size_t k = 1; k < length; ++k)
                point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
            char name[16];
            std::snprintf(name, sizeof name, "\\[u%04X]", static_cast<unsigned>(point));
            out += name;
        }
        i += length;
    }
    return out;
}

/// A line as it stands: a dot or a quote at its start would be a request.
std::string line(std::string_view text) {
    auto out = escaped(text);
    if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
    return out + "\n";
}

/// Running text, in lines as short as sources of manual pages have them.
std::string running(std::string_view text) {
    constexpr std::size_t width = 78;
    std::string out;
    std::string now;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!now.empty() && escaped(now).size() + 1 + escaped(word).size() > width) {
            out += line(now);
            now.clear();
        }
        now += (now.empty() ? "" : " ") + std::string{word};
    }
    return out + line(now);
}

/// Paragraphs, and lines that are set off by blanks, as they stand.
std::string paragraphs(std::string_view text) {
    std::string out;
    bool as_it_stands = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto one = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.empty()) {
            if (!text.empty()) out += as_it_stands ? "\n" : ".PP\n";
            continue;
        }
        if (one.starts_with("  ") != as_it_stands) {
            as_it_stands = !as_it_stands;
            if (as_it_stands)
                out += out.empty() || out.ends_with(".PP\n") ? ".nf\n" : ".PP\n.nf\n";
            else
                out += ".fi\n.PP\n";
        }
        out += as_it_stands ? line(one) : running(one);
    }
    if (as_it_stands) out += ".fi\n";
    return out;
}

std::string heading(Sentence title, Language language) {
    return ".SH " + escaped(in_language(title, language)) + "\n";
}

std::string bold(std::string_view text) {
    return "\\fB" + escaped(text) + "\\fR";
}
std::string italic(std::string_view text) {
    return "\\fI" + escaped(text) + "\\fR";
}

std::string value_of(const OptionShape& option) {
    if (option.words.empty()) return italic(option.value);
    std::string out;
    for (const auto& word : option.words) out += (out.empty() ? "" : "|") + bold(word);
    return out;
}

std::string term(const OptionShape& option) {
    std::string out;
    for (const auto& name : option.names) out += (out.empty() ? "" : ", ") + bold(name);
    if (option.takes != OptionShape::Takes::nothing) out += "=" + value_of(option);
    return out;
}

std::string synopsis(const std::string& name, const CommandShape& command, Language language) {
    std::string out = bold(name);
    for (const auto& option : command.options) {
        if (!option.required) continue;
        out += " " + bold(option.names.front()) + " " + value_of(option);
    }
    out += " [" + italic(in_language({"option", "opción"}, language)) + "]...";
    for (const auto& argument : command.arguments) {
        const auto one = italic(argument.names.front()) + (argument.repeated ? "..." : "");
        out += argument.required ? " " + one : " [" + one + "]";
    }
    if (!command.commands.empty()) out += " [" + italic(in_language({"command", "comando"}, language)) + "]";
    return out + "\n";
}

std::string described(const OptionShape& option, Language language) {
    std::string text = option.meaning;
    if (!option.standard.empty())
        text += in_language({" (default: ", " (por defecto: "}, language) + option.standard + ")";
    if (option.takes == OptionShape::Takes::words && option.names.front().front() != '-') {
        text += ":";
        for (const auto& word : option.words) text += " " + word;
    }
    return text;
}

std::string entry(const std::string& what, const OptionShape& option, Language language) {
    return ".TP\n" + what + "\n" + running(described(option, language));
}

std::string options(const CommandShape& command, Language language) {
    std::string out;
    if (!command.arguments.empty()) out += heading({"ARGUMENTS", "ARGUMENTOS"}, language);
    for (const auto& argument : command.arguments) out += entry(italic(argument.names.front()), argument, language);
    out += heading({"OPTIONS", "OPCIONES"}, language);
    for (const auto& option : command.options) out += entry(term(option), option, language);
    return out;
}

/// What a command takes, below its line in the program's page; that each has --help is said once.
std::string options_of_command(const CommandShape& command, Language language) {
    std::string out;
    for (const auto& option : command.options)
        if (option.names.front() != "--help") out += entry(term(option), option, language);
    return out.empty() ? out : ".RS\n" + out + ".RE\n";
}

std::string commands(const CommandShape& program, Language language) {
    if (program.commands.empty()) return {};
    std::string out = heading({"COMMANDS", "COMANDOS"}, language);
    for (const auto& command : program.commands) {
        out += ".TP\n" + bold(command.name);
        for (const auto& argument : command.arguments) out += " " + italic(argument.names.front());
        out += "\n" + running(command.summary) + options_of_command(command, language);
    }
    return out;
}

std::string exit_status(Language language) {
    std::string out = heading({"EXIT STATUS", "ESTADO DE SALIDA"}, language);
    const auto entry = [&](const char* code, Sentence meaning) {
        out += std::string{".TP\n"} + code + "\n" + line(in_language(meaning, language));
    };
    entry("0", {"Done.", "Hecho."});
    entry("1", {"Failed.", "Falló."});
    entry("2", {"Wrong usage or configuration.", "Uso o configuración incorrectos."});
    return out;
}

std::string see_also(const CommandShape& program, bool of_command, Language language) {
    if (!of_command && program.commands.empty()) return {};
    std::string out = heading({"SEE ALSO", "VÉASE TAMBIÉN"}, language);
    if (of_command) return out + ".BR " + escaped(program.name) + " (1)\n";
    for (std::size_t i = 0; i < program.commands.size(); ++i)
        out += ".BR " + escaped(program.name + "-" + program.commands[i].name) + " (1)" +
               (i + 1 < program.commands.size() ? ",\n" : "\n");
    return out;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

}  // namespace

std::string manual_page(const CLI::App& program, const CLI::App* command, Language language,
                        const std::vector<ManualSection>& more) {
    const auto whole = shape_of(program);
    const auto shape = command ? shape_of(*command) : whole;
    const auto page = command ? whole.name + "-" + shape.name : whole.name;
    const auto called = command ? whole.name + " " + shape.name : whole.name;

    // Of the summary only the first line is a summary.
    const auto summary = shape.summary.substr(0, shape.summary.find('\n'));
    std::string out = ".TH " + escaped(upper(page)) + " 1 " STOCKCAST_DATE " \"stockcast " STOCKCAST_VERSION "\"\n";
    out += heading({"NAME", "NOMBRE"}, language) + escaped(page) + " \\-\n" + running(summary);
    out += heading({"SYNOPSIS", "SINOPSIS"}, language) + synopsis(called, shape, language);
    const auto rest = shape.summary.size() > summary.size() ? shape.summary.substr(summary.size() + 1) : "";
    if (!rest.empty() || !shape.details.empty()) {
        out += heading({"DESCRIPTION", "DESCRIPCIÓN"}, language) + paragraphs(rest);
        if (!rest.empty() && !shape.details.empty()) out += ".PP\n";
        out += paragraphs(shape.details);
    }
    out += commands(shape, language) + options(shape, language);
    for (const auto& section : more) {
        out += ".SH " + escaped(section.heading) + "\n";
        for (const auto& [term, text] : section.entries) out += ".TP\n" + bold(term) + "\n" + running(text);
    }
    return out + exit_status(language) + see_also(whole, command != nullptr, language);
}

}  // namespace stockcast
