#pragma once

#include "stockcast/store/floors.hpp"

#include <rocksdb/compaction_filter.h>

#include <memory>
#include <mutex>

namespace stockcast {

/// The floors that are durable, as readers and compactions see them. Any thread.
class LiveFloors {
public:
    Floors get() const {
        const std::lock_guard lock{mutex_};
        return floors_;
    }
    /// Only after the commit that holds them, or from what was found on disk: what a compaction has dropped never comes
    /// back.
    void set(const Floors& floors) {
        const std::lock_guard lock{mutex_};
        floors_ = floors;
    }

private:
    mutable std::mutex mutex_;
    Floors floors_;
};

/// Lets compactions of `family` drop what the floors hide. Each compaction works with the floors of its beginning.
std::shared_ptr<rocksdb::CompactionFilterFactory> drop_below_floors(Family family,
                                                                    std::shared_ptr<const LiveFloors> floors);

}  // namespace stockcast
