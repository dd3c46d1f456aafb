#pragma once

#include "store/rocks_database.hpp"

#include "stockcast/base/random.hpp"
#include "stockcast/store/directory_lock.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <memory>

namespace stockcast {

/// Makes the database in `DATA_DIR/rocksdb` unless there is one. The lock is the caller's proof that nobody else does.
void make_database_if_missing(const RocksSettings& settings, const DirectoryLock& lock, Random& random);
/// Opens it for a tool, and refuses what is foreign, newer or damaged. `tail` is for a copy (`adopt`): in its place its
/// head decides.
std::shared_ptr<RocksDatabase> open_database(const RocksSettings& settings, OpenMode mode, Tail tail = Tail::refused);
/// For the server: with its head. One that the head doesn't know goes on under a new epoch, made with `random`; without
/// that it is refused.
std::shared_ptr<RocksDatabase> open_for_commits(const RocksSettings& settings, Random* random);

class RocksStore;

/// For tools. With `lock` it is a store in its place, opened without writing a byte; without one a checkpoint of one's
/// own.
std::unique_ptr<RocksStore> open_rocks_store_for_reading(const RocksSettings& settings,
                                                         std::unique_ptr<DirectoryLock> lock);

}  // namespace stockcast
