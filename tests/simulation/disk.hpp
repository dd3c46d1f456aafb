#pragma once

#include "support/memory_store.hpp"

#include "stockcast/store/store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace stockcast::simulation {

/// What a server keeps on disk, beyond its own life. Each commit is one batch with its fsync: there as a whole or not at
/// all, and after a failed fsync either.
class Disk {
public:
    /// An empty store of that epoch, as one is made.
    explicit Disk(const std::string& epoch);

    /// The disk as one process sees it.
    std::unique_ptr<Store> mount();
    test::MemoryStore& contents() { return contents_; }

    /// Told of each batch that is on disk now.
    std::function<void(const Batch&)> on_commit;

private:
    class Mounted;
    test::MemoryStore contents_;
};

}  // namespace stockcast::simulation
