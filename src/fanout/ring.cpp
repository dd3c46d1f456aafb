#include "stockcast/fanout/ring.hpp"

#include <algorithm>
#include <cstring>

namespace stockcast {

Ring::Ring(std::size_t bytes, const Framing& framing, Seq head)
    : capacity_(bytes), framing_(framing), arena_(std::make_unique_for_overwrite<char[]>(bytes)), head_(head) {}

Ring::~Ring() = default;

Seq Ring::head() const {
    return head_;
}

Seq Ring::oldest() const {
    return entries_.empty() ? head_ + 1 : entries_.front().seq;
}

void Ring::append(const PublishedChange& change, Steady at) {
    std::string frame;
    framing_.append_change(frame, change.seq, change.event);

    // A gap would make `entry()` count wrong; there is none, but if there were, the log has it right.
    if (change.seq != head_ + 1 || frame.size() > capacity_) drop_all();
    head_ = change.seq;
    if (frame.size() > capacity_) return;

    make_room(frame.size());
    std::memcpy(arena_.get() + write_, frame.data(), frame.size());
    entries_.push_back(
        {change.seq, change.type, change.code, change.warehouses, at, write_, frame.size(), change.event.size()});
    write_ += frame.size();
    bytes_ += frame.size();
}

void Ring::let_go_below(Seq seq) {
    while (!entries_.empty() && entries_.front().seq < seq) drop_oldest();
}

/// Frames never wrap: what does not fit before the end begins anew. Lets go of the oldest that lie in the way.
void Ring::make_room(std::size_t length) {
    if (entries_.empty()) write_ = wrap_end_ = 0;
    if (write_ + length > capacity_) {
        while (!entries_.empty() && entries_.front().offset >= write_) drop_oldest();
        wrap_end_ = write_;
        write_ = 0;
    }
    const auto is_in_the_way = [&](const Entry& entry) {
        return entry.offset >= write_ && entry.offset < write_ + length;
    };
    while (!entries_.empty() && is_in_the_way(entries_.front())) drop_oldest();
}

void Ring::drop_oldest() {
    bytes_ -= entries_.front().length;
    entries_.pop_front();
}

void Ring::drop_all() {
    entries_.clear();
    bytes_ = 0;
}

std::optional<Ring::Spans> Ring::after(Seq cursor, std::size_t bytes_max) const {
    if (cursor >= head_) return Spans{{}, {}, cursor};
    const Entry* const first = entry(cursor + 1);
    if (first == nullptr) return std::nullopt;

    const Entry* last = first;
    for (auto bytes = first->length; last->seq < head_;) {
        const Entry* const next = entry(last->seq + 1);
        bytes += next->length;
        if (bytes > bytes_max) break;
        last = next;
    }
    const char* const base = arena_.get();
    const auto end = last->offset + last->length;
    if (first->offset <= last->offset) return Spans{{base + first->offset, end - first->offset}, {}, last->seq};
    return Spans{{base + first->offset, wrap_end_ - first->offset}, {base, end}, last->seq};
}

const Ring::Entry* Ring::entry(Seq seq) const {
    if (seq < oldest() || seq > head_) return nullptr;
    return &entries_[seq - entries_.front().seq];
}

std::string_view Ring::frame(const Entry& entry) const {
    return {arena_.get() + entry.offset, entry.length};
}

std::string_view Ring::event(const Entry& entry) const {
    const auto before = entry.length - framing_.trailer_bytes() - entry.event_length;
    return frame(entry).substr(before, entry.event_length);
}

}  // namespace stockcast
