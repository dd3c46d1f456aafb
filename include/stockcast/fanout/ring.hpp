#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/fanout/framing.hpp"
#include "stockcast/ledger/ledger.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// The newest changes as bytes, already framed for one kind of stream: one circular arena, appended once per change,
/// read by every session of that kind from its own cursor. What falls out is read from the change log. One executor; no
/// locks.
class Ring {
public:
    /// `head`: the newest change that exists already, though it is not here. `framing` outlives the ring.
    Ring(std::size_t bytes, const Framing& framing, Seq head = 0);
    ~Ring();
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    /// One larger than the arena empties it: all have to read it from the change log.
    /// `at`: when it was published.
    void append(const PublishedChange& change, Steady at);
    /// Retention has taken what is below `seq`: a cursor there is told so by the change log.
    void let_go_below(Seq seq);
    Seq head() const;                             ///< newest; 0 at first
    Seq oldest() const;                           ///< oldest still here; head() + 1 when empty
    std::size_t bytes() const { return bytes_; }  ///< of the frames that are here
    std::size_t capacity() const { return capacity_; }
    /// What follows `cursor`, whole frames of together at most `bytes_max` (but at least one), as at most two spans;
    /// empty optional when `cursor + 1` has fallen out. Valid until the next append.
    struct Spans {
        std::string_view first;
        std::string_view second;
        Seq last = 0;  ///< the cursor after these
    };
    std::optional<Spans> after(Seq cursor, std::size_t bytes_max = std::string_view::npos) const;
    /// What a filter asks of one change, and where its frame lies.
    struct Entry {
        Seq seq;
        ChangeType type;
        std::string code;
        std::vector<std::string> warehouses;
        Steady at;
        std::size_t offset;
        std::size_t length;
        std::size_t event_length;
    };
    const Entry* entry(Seq seq) const;  ///< null pointer when it is not here
    std::string_view frame(const Entry& entry) const;
    std::string_view event(const Entry& entry) const;  ///< the JSON in its frame

private:
    void make_room(std::size_t length);
    void drop_oldest();
    void drop_all();

    std::size_t capacity_;
    const Framing& framing_;
    std::unique_ptr<char[]> arena_;  ///< pages are touched as they fill: an idle server does not pay for it
    std::deque<Entry> entries_;      ///< oldest first, `seq` without gaps
    Seq head_;
    std::size_t bytes_ = 0;
    std::size_t write_ = 0;     ///< where the next frame goes
    std::size_t wrap_end_ = 0;  ///< end of the last frame before the arena began anew
};

}  // namespace stockcast
