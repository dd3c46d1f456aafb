#pragma once

#include "stockcast/base/log.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/store/store.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace rocksdb {
class FileSystem;
}

namespace stockcast {

/// Why a store can't be opened, with the way out in `what()` (both languages by `spanish()`). Exit 1.
class StoreRefused : public std::runtime_error {
public:
    enum class Reason { newer_version, locked, damaged, no_room, unreachable };
    StoreRefused(Reason reason, const std::string& english, std::string spanish);
    Reason reason() const { return reason_; }
    const std::string& spanish() const { return spanish_; }

private:
    Reason reason_;
    std::string spanish_;
};

struct RocksSettings {
    std::string directory;                 ///< DATA_DIR; the database is its `rocksdb/`. Made (0700) when it is missing
    bool read_only_copy = false;           ///< a checkpoint: tracking of WALs off, nothing is written
    std::uint64_t free_space_floor = 64u << 20;  ///< below this many bytes free, commits answer `store_full` beforehand
    std::uint64_t cache_bytes = 32u << 20;
    std::uint64_t memtable_bytes = 32u << 20;    ///< all families together
    std::shared_ptr<rocksdb::FileSystem> file_system;  ///< null: the machine's; tests inject faults here
};

/// Opens or creates the RocksDB store with the durability settings of design.md (measured on RocksDB 7.8). A new store gets
/// its epoch and format version. Throws StoreRefused.
std::unique_ptr<Store> open_rocks_store(const RocksSettings& settings, Random& random);

}  // namespace stockcast
