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

/// The form of the whole store, in `meta` under keys::format_version. It grows when an older program must not write to
/// it any more; a program refuses a store whose version is above its own.
inline constexpr std::uint32_t store_format_version = 1;

/// Why a store can't be opened, with the way out in `what()` (both languages by `spanish()`). Exit 1.
class StoreRefused : public std::runtime_error {
public:
    enum class Reason {
        newer_version,  ///< written by a newer stockcast
        locked,         ///< another process (or another opening in this one) has it
        damaged,        ///< bytes fail their checksum, files are missing
        no_room,        ///< the disk is full
        unreachable,    ///< permissions, no such directory, an I/O error
        foreign,        ///< a RocksDB that is not ours
    };
    StoreRefused(Reason reason, const std::string& english, std::string spanish);
    Reason reason() const { return reason_; }
    const std::string& spanish() const { return spanish_; }

private:
    Reason reason_;
    std::string spanish_;
};

struct RocksSettings {
    std::string directory;        ///< DATA_DIR; the database is its `rocksdb/`. Made (0700) when it is missing
    bool read_only_copy = false;  ///< a checkpoint, one's own to open: it takes no commit
    /// Below this many bytes free, commits answer `store_full` beforehand. Asked of the disk at most once a second (of
    /// the machine's steady clock: how old a figure is does not decide anything that a test must own), and by each
    /// `recover()`.
    std::uint64_t free_space_floor = 64u << 20;
    std::uint64_t cache_bytes = 32u << 20;
    std::uint64_t memtable_bytes = 32u << 20;          ///< all families together
    std::shared_ptr<rocksdb::FileSystem> file_system;  ///< null: the machine's; tests inject faults here
    Log* log = nullptr;                                ///< gets RocksDB's own warnings, and outlives the store
};

/// Opens or creates the RocksDB store with the durability settings of design.md (measured on RocksDB 7.8). A new store
/// gets its epoch and format version; it is made beside its place and renamed into it, so a half-made one is never
/// seen. Beside it lies `head`, the second place that knows how far the log must reach: a store that lacks what was
/// acknowledged is refused, one without a head that knows it goes on under a new epoch. The default column family holds
/// the number of the last batch alone. Throws StoreRefused.
///
/// What a commit's failure means, beyond Store::commit: ENOSPC before anything of the batch was complete in the log is
/// `store_full`, and every later commit is too until `recover()` succeeds (below the free-space floor they begin to
/// succeed by themselves). Any failed fsync of the log or its directory, ENOSPC included, and every other error is
/// `store_failed`, for good. `recover()` closes RocksDB and opens it again as after a crash: that waits until no snapshot
/// is held, and readers wait for it.
std::unique_ptr<Store> open_rocks_store(const RocksSettings& settings, Random& random);

}  // namespace stockcast
