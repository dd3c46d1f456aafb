#pragma once

#include "stockcast/base/log.hpp"

#include <span>
#include <string>

namespace stockcast {

/// What one call of Log::write says.
struct LogEntry {
    LogLevel level = LogLevel::info;
    Mark mark = Mark::none;
    Sentence sentence;
    std::span<const Field> fields;
    Instant at;
};

/// `🔔 2025-01-20 10:30:00 sentence`, without the end of line. `local_time` is put as it is. Control characters, also
/// those that turn the direction of text, are escaped: what SIIGO or a client sent can't forge or hide a line.
std::string text_line(const LogEntry& entry, Language language, std::string_view local_time);

/// `{"time":…,"level":…,"mark":…,"message":…,` and the fields`}`. A field that has the name of one of the four gets a
/// `_` after it.
std::string json_line(const LogEntry& entry, Language language);

}  // namespace stockcast
