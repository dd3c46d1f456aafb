#pragma once

#include "stockcast/app/usage.hpp"
#include "stockcast/base/log.hpp"

#include <mutex>
#include <span>
#include <string>
#include <utility>

namespace stockcast {

/// The log of a command that speaks for itself: what the parts complain of is not printed but kept, so that the command
/// can tell it as the reason.
class ReasonLog final : public Log {
public:
    explicit ReasonLog(Language language) : language_(language) {}

    bool wants(LogLevel level) const override { return level >= LogLevel::warning; }
    void put(LogLevel level, Mark, Sentence sentence, std::span<const Field> fields) override {
        if (!wants(level)) return;
        auto told = fill_in(in_language(sentence, language_), fields);
        const std::scoped_lock lock{mutex_};
        reason_ = std::move(told);
    }
    /// The last complaint since it was last asked for; empty: none.
    std::string take() {
        const std::scoped_lock lock{mutex_};
        return std::exchange(reason_, {});
    }

private:
    const Language language_;
    std::mutex mutex_;
    std::string reason_;
};

}  // namespace stockcast
