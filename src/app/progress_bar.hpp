#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace stockcast {

/// How far a sync is.
struct SyncProgress {
    std::uint64_t done = 0;              ///< products
    std::optional<std::uint64_t> total;  ///< absent: not known yet
    std::chrono::milliseconds elapsed{0};
};

/// `🔄 Sync [######--------------]  30 %  180 of 589 products, 14 s left`; without a total only what is done.
std::string progress_line(const SyncProgress& progress, Language language);

/// Draws it: on a terminal one line over and over, elsewhere a line at each tenth.
class ProgressBar {
public:
    ProgressBar(Clock& clock, Language language);
    void show(std::uint64_t done, std::optional<std::uint64_t> total);
    /// Removes the drawn line, so that something else can be printed.
    void clear();

private:
    Clock& clock_;
    Language language_;
    Steady began_;
    bool is_terminal_;
    bool drawn_ = false;
    std::optional<std::uint64_t> tenths_told_;
};

}  // namespace stockcast
