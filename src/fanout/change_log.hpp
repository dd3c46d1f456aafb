#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/fanout/filter.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace stockcast {

/// Which part of the change log to read.
struct ChangeRange {
    Seq after = 0;
    Seq up_to = 0;              ///< never past the durable head: what lies beyond could still be undone by a crash
    std::size_t bytes_max = 0;  ///< of events looked at; at least one is
    std::size_t events_max = 0;
};

struct LogPart {
    struct Event {
        Seq seq = 0;
        std::string json;
    };
    std::vector<Event> events;  ///< those that the filter lets pass
    Seq last = 0;               ///< the last one looked at
    bool expired = false;       ///< `after + 1` is no longer kept: nothing was read
};

/// Blocking: on a worker. `filter` null: everything. Errors: the store's, `store_damaged` for a gap.
Result<LogPart> read_change_log(const Store& store, ChangeRange range, std::shared_ptr<const Filter> filter);

}  // namespace stockcast
