#pragma once

#include "stockcast/ledger/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// The newest changes as bytes, already framed for WebSocket: one circular arena, appended once per change, read by every
/// session from its own cursor. What falls out is read from the change log. One executor; no locks.
class Ring {
public:
    explicit Ring(std::size_t bytes);
    void append(const PublishedChange& change);
    Seq head() const;    ///< newest; 0 at first
    Seq oldest() const;  ///< oldest still here; head() + 1 when empty
    /// Everything after `cursor`, as at most two spans of frames; empty optional when `cursor + 1` has fallen out.
    /// Valid until the next append.
    struct Spans {
        std::string_view first;
        std::string_view second;
        Seq last = 0;  ///< the cursor after these
    };
    std::optional<Spans> after(Seq cursor) const;
    /// One change's frame and what a filter asks of it; for sessions with a filter.
    struct Entry {
        Seq seq;
        ChangeType type;
        std::string code;
        std::vector<std::string> warehouses;
        std::size_t offset;
        std::size_t length;
    };
    const Entry* entry(Seq seq) const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace stockcast
