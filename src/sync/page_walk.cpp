#include "sync/page_walk.hpp"

#include <algorithm>

namespace stockcast {

PageWalk::PageWalk(SyncKind kind, unsigned page_size)
    // An incremental pass overlaps the one before it and the one after it, so a second sweep would buy nothing.
    : page_size_(std::max(1U, page_size)), sweeps_left_(kind == SyncKind::full ? 1 : 0) {}

std::optional<unsigned> PageWalk::next_page() const {
    if (over_) return std::nullopt;
    return again_.empty() ? forward_ : again_.front();
}

void PageWalk::take(const PageTaken& page) {
    const bool forward = again_.empty();
    const unsigned number = forward ? forward_ : again_.front();
    const auto fresh = seen_.add(page.ids);
    if (forward) {
        ++forward_;
        last_rows_ = page.rows;
        last_unreadable_ = page.rows - std::min(page.rows, page.ids.size());
        sweep_rows_ += last_rows_;
        unreadable_ += last_unreadable_;
    } else {
        again_.pop_front();
    }

    notice_total(number, forward, page.total);
    if (forward) {
        // SIIGO may give fewer rows a page than asked for, so the rows that came are counted, not the pages.
        const bool all_came = page.total ? sweep_rows_ >= *page.total : page.rows < page_size_ || fresh == 0;
        swept_ = page.rows == 0 || all_came || forward_ > pages_max;
    }
    settle();
}

void PageWalk::notice_total(unsigned page, bool forward, std::optional<std::uint64_t> total) {
    if (!total) return;
    const auto before = total_.value_or(*total);
    total_ = total;
    if (*total > before) {
        if (page > 1) grown_ += *total - before;
        // What this page was read again for may have been pushed on to the next.
        if (!forward && page + 1 < forward_) reread(page + 1, page + 1);
    } else if (*total < before) {
        // Wherever the deleted one stood, what was not read yet moved up past the end of the last page read before.
        const auto last = forward ? page - 1 : forward_ - 1;
        const auto back = std::min(last, pages_for(before - *total));
        if (back > 0) reread(last - back + 1, last);
        if (!forward && page > 1) reread(page - 1, page - 1);
    }
}

void PageWalk::reread(unsigned first, unsigned last) {
    for (auto page = first; page <= last && rereads_left_ > 0; ++page) {
        if (std::find(again_.begin(), again_.end(), page) != again_.end()) continue;
        again_.push_back(page);
        --rereads_left_;
    }
}

void PageWalk::settle() {
    if (!swept_ || !again_.empty()) return;

    if (grown_ > 0) {
        const auto last = std::min(forward_ - 1, pages_for(grown_));
        grown_ = 0;
        reread(1, last);
        if (!again_.empty()) return;
    }
    if (shortfall() > 0 && sweeps_left_ > 0) {
        --sweeps_left_;
        forward_ = 1;
        sweep_rows_ = last_rows_ = unreadable_ = last_unreadable_ = 0;
        swept_ = false;
        return;
    }
    over_ = true;
}

void PageWalk::step_back() {
    if (over_ || swept_ || last_rows_ == 0) return;  // none read since the last break
    --forward_;
    sweep_rows_ -= last_rows_;
    unreadable_ -= last_unreadable_;
    last_rows_ = last_unreadable_ = 0;
}

std::uint64_t PageWalk::shortfall() const {
    const auto accounted = seen_.size() + unreadable_;
    return total_ && *total_ > accounted ? *total_ - accounted : 0;
}

unsigned PageWalk::pages_for(std::uint64_t rows) const {
    const auto pages = (rows + page_size_ - 1) / page_size_;
    return static_cast<unsigned>(std::min<std::uint64_t>(pages, rereads_max));
}

}  // namespace stockcast
