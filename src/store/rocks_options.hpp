#pragma once

#include "store/live_floors.hpp"

#include "stockcast/store/rocks_store.hpp"

#include <rocksdb/options.h>

#include <memory>

namespace stockcast {

/// Opened how, which decides what RocksDB may write and verify.
enum class OpenMode {
    create,         ///< there must be none yet
    read_write,     ///< the server's
    read_in_place,  ///< by a tool, with the directory locked against a server
    /// A checkpoint or another copy: it lacks older WALs that its MANIFEST can name, so tracking is off, and RocksDB lets
    /// go of their names. It must be allowed to write that: opened for reading, it ends the process at an assertion.
    adopt,
};

/// The end of the log, where a record can't be read. One that was cut short, as any crash leaves it, is always left out.
enum class Tail {
    refused,  ///< it is damage
    left_out,  ///< and all after it: only where nothing of that can have been acknowledged, or whoever loses it was asked
};

/// The durability settings of RocksDB 7.8, each with its reason. Database-wide part.
rocksdb::DBOptions database_options(const RocksSettings& settings, OpenMode mode, Tail tail, rocksdb::Env* env);
/// The same for every family, but for what retention takes; `cache` is the one block cache.
rocksdb::ColumnFamilyOptions family_options(const RocksSettings& settings,
                                            const std::shared_ptr<rocksdb::Cache>& cache);
/// What a family with a floor has besides.
void let_go_below(rocksdb::ColumnFamilyOptions& options, Family family, std::shared_ptr<const LiveFloors> floors);
rocksdb::WriteOptions durable_write();

/// Bytes of protection carried with each key from our batch to the memtable, against flipped bits in memory.
inline constexpr std::size_t key_protection_bytes = 8;

}  // namespace stockcast
