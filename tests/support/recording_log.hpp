#pragma once

#include "stockcast/base/log.hpp"

#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::test {

/// Keeps what is logged, of every level, for assertions. Safe from any thread.
class RecordingLog final : public Log {
public:
    struct Line {
        LogLevel level = LogLevel::info;
        Mark mark = Mark::none;
        std::string english;
        std::string spanish;
    };

    bool wants(LogLevel) const override { return true; }

    void put(LogLevel level, Mark mark, Sentence sentence, std::span<const Field> fields) override {
        const std::lock_guard lock{mutex_};
        lines_.push_back({level, mark, fill_in(sentence.english, fields), fill_in(sentence.spanish, fields)});
    }

    std::vector<Line> lines() const {
        const std::lock_guard lock{mutex_};
        return lines_;
    }

    /// Lines whose English text holds `part`.
    std::size_t count(std::string_view part) const {
        std::size_t found = 0;
        for (const auto& line : lines()) found += line.english.find(part) != std::string::npos ? 1U : 0U;
        return found;
    }
    bool has(std::string_view part) const { return count(part) > 0; }

private:
    mutable std::mutex mutex_;
    std::vector<Line> lines_;
};

}  // namespace stockcast::test
