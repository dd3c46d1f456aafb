#include "app/progress_bar.hpp"

#include "stockcast/app/usage.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace stockcast {
namespace {

constexpr std::uint64_t bar_width = 30;
/// Before that the rate says little.
constexpr std::chrono::seconds first_estimate{2};

std::string in_words(std::chrono::seconds time) {
    const auto s = time.count();
    if (s < 90) return std::to_string(s) + " s";
    if (s < 90 * 60) return std::to_string((s + 30) / 60) + " min";
    return std::to_string(s / 3600) + " h " + std::to_string(s % 3600 / 60) + " min";
}

/// Rows may be seen twice while the catalogue moves: it is never more than all but the last step.
std::uint64_t percent_of(const SyncProgress& progress) {
    if (!progress.total || *progress.total == 0) return 0;
    return std::min<std::uint64_t>(progress.done * 100 / *progress.total, 99);
}

std::string time_left(const SyncProgress& progress, Language language) {
    if (progress.done == 0 || progress.done >= *progress.total || progress.elapsed < first_estimate) return {};
    const auto left = progress.elapsed * (*progress.total - progress.done) / progress.done;
    const auto words = in_words(std::chrono::ceil<std::chrono::seconds>(left));
    return language == Language::spanish ? ", faltan " + words : ", " + words + " left";
}

}  // namespace

std::string progress_line(const SyncProgress& progress, Language language) {
    const auto products = in_language({" products", " productos"}, language);
    if (!progress.total) return "🔄 Sync: " + std::to_string(progress.done) + products;
    const auto percent = percent_of(progress);
    const auto filled = percent * bar_width / 100;
    std::string line = "🔄 Sync [" + std::string(filled, '#') + std::string(bar_width - filled, '-') + "] ";
    line += (percent < 10 ? " " : "") + std::to_string(percent) + " %  " + std::to_string(progress.done) +
            in_language({" of ", " de "}, language) + std::to_string(*progress.total) + products;
    return line + time_left(progress, language);
}

ProgressBar::ProgressBar(Clock& clock, Language language)
    : clock_(clock), language_(language), began_(clock.now()), is_terminal_(::isatty(STDOUT_FILENO) == 1) {}

void ProgressBar::show(std::uint64_t done, std::optional<std::uint64_t> total) {
    const SyncProgress progress{done, total,
                                std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - began_)};
    const auto tenths = percent_of(progress) / 10;
    if (!is_terminal_ && (!total || tenths_told_ == tenths)) return;
    tenths_told_ = tenths;
    const auto line = progress_line(progress, language_);
    // Back to the line's start, the new text, and what was left of a longer one is erased.
    std::printf(is_terminal_ ? "\r%s\x1b[K" : "%s\n", line.c_str());
    std::fflush(stdout);
    drawn_ = is_terminal_;
}

void ProgressBar::clear() {
    if (!drawn_) return;
    std::fputs("\r\x1b[K", stdout);
    std::fflush(stdout);
    drawn_ = false;
}

}  // namespace stockcast
