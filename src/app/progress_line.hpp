#pragma once

#include "stockcast/base/clock.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <unistd.h>

namespace stockcast {

/// One line on a terminal that is written over as work goes on, and gone at its end. Where standard error is no
/// terminal nothing is shown: a log needs no progress.
class ProgressLine {
public:
    ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine() { show(""); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// At most ten times a second; an empty text is shown at once.
    void show(std::string_view text) {
        const auto now = clock_.now();
        if (!is_terminal_ || (!text.empty() && now - shown_ < std::chrono::milliseconds{100})) return;
        shown_ = now;
        std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(text.size()), text.data());
        std::fflush(stderr);
    }

private:
    bool is_terminal_;
    SystemClock clock_;
    Steady shown_{};
};

}  // namespace stockcast
