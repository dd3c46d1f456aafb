// The one place that reads the process's environment and the files named in it.
#include "stockcast/app/settings.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace stockcast {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    std::string text;
    char chunk[4096];
    while (in.read(chunk, sizeof chunk) || in.gcount() > 0) {
        text.append(chunk, static_cast<std::size_t>(in.gcount()));
        if (text.size() > file_bytes_max) return std::nullopt;
    }
    return in.bad() ? std::nullopt : std::optional{std::move(text)};  // a directory opens, but reads badly
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

EnvFile parse_env_file(std::string_view text) {
    EnvFile file;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const auto end = std::min(text.find('\n'), text.size());
        auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with("export ")) line = trimmed(line.substr(7));
        const auto equals = line.find('=');
        const auto name = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(name)) {
            // The line may hold a secret: only its number is told.
            const auto at = std::to_string(number);
            file.complaints.push_back({".env, line " + at + ": not NAME=value, a comment or blank",
                                       ".env, línea " + at + ": no es NOMBRE=valor, comentario ni línea vacía"});
            continue;
        }
        auto value = trimmed(line.substr(equals + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        file.values[std::string{name}] = std::string{value};
    }
    return file;
}

Surroundings read_surroundings(const std::optional<std::string>& env_file) {
    Surroundings found;
    found.source.read_file = read_file;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view pair{*entry};
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos)
            found.source.environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    const auto path = env_file.value_or(".env");
    const auto text = read_file(path);
    if (text) {
        auto parsed = parse_env_file(*text);
        found.source.env_file = std::move(parsed.values);
        found.complaints = std::move(parsed.complaints);
    } else if (env_file) {
        found.complaints.push_back(
            {"--env-file " + path + " can't be read", "--env-file " + path + " no se puede leer"});
    }
    return found;
}

}  // namespace stockcast
