#include "siigo/quota_window.hpp"

#include <algorithm>

namespace stockcast::siigo {

QuotaWindow::QuotaWindow(Rules rules) : rules_(rules) {
    rules_.per_minute = std::max(rules_.per_minute, 1U);
}

Steady QuotaWindow::earliest(Steady now) const {
    Steady at = now;
    if (last_start_ != Steady::min()) at = std::max(at, last_start_ + rules_.spacing);
    if (sends_.size() >= rules_.per_minute) {
        at = std::max(at, sends_[sends_.size() - rules_.per_minute] + window);
    }
    return at;
}

void QuotaWindow::started(Steady at) {
    forget_old(at);
    sends_.push_back(at);
    if (sends_.size() > rules_.per_minute) sends_.pop_front();
    last_start_ = at;
}

void QuotaWindow::left(Steady at) {
    ended(at);
    last_start_ = std::max(last_start_, at);
}

void QuotaWindow::ended(Steady at) {
    if (!sends_.empty()) sends_.back() = std::max(sends_.back(), at);
}

void QuotaWindow::take_back() {
    if (!sends_.empty()) sends_.pop_back();
}

void QuotaWindow::use_up(Steady now) {
    sends_.assign(rules_.per_minute, now);
    last_start_ = now;
}

std::size_t QuotaWindow::sends_in_window(Steady now) const {
    return static_cast<std::size_t>(
        std::count_if(sends_.begin(), sends_.end(), [&](Steady at) { return at > now - window; }));
}

std::vector<Steady> QuotaWindow::sends(Steady now) const {
    std::vector<Steady> recent;
    std::copy_if(sends_.begin(), sends_.end(), std::back_inserter(recent),
                 [&](Steady at) { return at > now - window; });
    return recent;
}

void QuotaWindow::restore(const std::vector<Steady>& sends, Steady now) {
    sends_.clear();
    for (Steady at : sends) sends_.push_back(std::min(at, now));
    std::sort(sends_.begin(), sends_.end());
    if (sends_.empty()) return;
    sends_.back() = now;
    last_start_ = now;
    while (sends_.size() > rules_.per_minute) sends_.pop_front();
}

void QuotaWindow::forget_old(Steady now) {
    while (!sends_.empty() && sends_.front() <= now - window) sends_.pop_front();
}

}  // namespace stockcast::siigo
