#pragma once

#include "stockcast/base/instant.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace stockcast {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };
enum class Language { english, spanish };

/// The sign a text line begins with (interface.md): 🔄 sync, 🔔 webhook, ❌ error, ✅ success; none for the rest.
enum class Mark { none, sync, webhook, error, success };

/// One sentence in both languages, with `{name}` where a field goes. Kept at the call site, so that the two stay
/// together.
struct Sentence {
    std::string_view english;
    std::string_view spanish;
};

/// A named value of a log entry: `{name}` in the sentence, a member in JSON. Never a secret.
struct Field {
    Field(std::string_view field_name, std::string_view text) : name(field_name), value(text), quoted(true) {}
    Field(std::string_view field_name, const std::string& text) : Field(field_name, std::string_view{text}) {}
    Field(std::string_view field_name, const char* text) : Field(field_name, std::string_view{text}) {}
    Field(std::string_view field_name, bool flag) : name(field_name), value(flag ? "true" : "false"), quoted(false) {}
    template <std::integral T>
    Field(std::string_view field_name, T number) : name(field_name), value(std::to_string(number)), quoted(false) {}

    std::string_view name;
    std::string value;
    bool quoted;  ///< a string in JSON; else written as it stands
};

/// `{name}` replaced by the field of that name; an unknown name stays as it is.
std::string fill_in(std::string_view sentence, std::span<const Field> fields);
inline std::string fill_in(std::string_view sentence, std::initializer_list<Field> fields) {
    return fill_in(sentence, std::span{fields.begin(), fields.size()});
}

/// `es…` in LC_ALL, LC_MESSAGES or LANG (the first that is set, as POSIX says) gives Spanish, anything else English.
Language language_from_environment();

/// The console. Safe from any thread; never blocks: a bounded queue feeds a writer thread, and what does not fit is
/// dropped and counted (the count is logged when there is room again).
class Log {
public:
    virtual ~Log() = default;
    virtual bool wants(LogLevel level) const = 0;
    virtual void put(LogLevel level, Mark mark, Sentence sentence, std::span<const Field> fields) = 0;

    /// Lines that found no room so far.
    virtual std::uint64_t dropped() const { return 0; }
    void write(LogLevel level, Mark mark, Sentence s, std::initializer_list<Field> f = {}) {
        put(level, mark, s, {f.begin(), f.size()});
    }
    void debug(Mark mark, Sentence s, std::initializer_list<Field> f = {}) { write(LogLevel::debug, mark, s, f); }
    void info(Mark mark, Sentence s, std::initializer_list<Field> f = {}) { write(LogLevel::info, mark, s, f); }
    void warning(Mark mark, Sentence s, std::initializer_list<Field> f = {}) { write(LogLevel::warning, mark, s, f); }
    void error(Sentence s, std::initializer_list<Field> f = {}) { write(LogLevel::error, Mark::error, s, f); }
};

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    Language language = Language::english;
};

/// Writes to standard output through spdlog's asynchronous queue. Text lines: mark, local time, sentence; control
/// characters in fields are escaped, so that nobody forges a line. The destructor flushes.
std::unique_ptr<Log> open_console_log(LogSettings settings);

}  // namespace stockcast
