#pragma once

#include "store/disk_watch.hpp"
#include "store/head_file.hpp"
#include "store/rocks_options.hpp"

#include "stockcast/store/rocks_store.hpp"

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace stockcast {

/// One open RocksDB: its handles, its view of the disk. Closed by the destructor; iterators and snapshots die before.
class RocksDatabase {
public:
    /// `path` is the database itself (`DATA_DIR/rocksdb`). The status says why nothing was opened.
    static rocksdb::Status open(const RocksSettings& settings, const std::string& path, OpenMode mode, Tail tail,
                                std::shared_ptr<RocksDatabase>& opened);
    ~RocksDatabase();
    RocksDatabase(const RocksDatabase&) = delete;
    RocksDatabase& operator=(const RocksDatabase&) = delete;

    rocksdb::DB& db() { return *db_; }
    rocksdb::ColumnFamilyHandle* handle(Family family) const { return handles_[static_cast<std::size_t>(family)]; }
    /// RocksDB's default family, where nothing of the store's lies: it holds the number of the last batch alone.
    rocksdb::ColumnFamilyHandle* number_handle() const { return number_handle_; }
    std::vector<rocksdb::ColumnFamilyHandle*> all_handles() const;
    const DiskWatch::Notes& disk() const { return disk_->notes(); }
    LiveFloors& floors() { return *floors_; }
    /// Null unless it takes commits.
    const std::unique_ptr<HeadFile>& head() const { return head_; }
    void set_head(std::unique_ptr<HeadFile> head) { head_ = std::move(head); }

private:
    RocksDatabase() = default;

    std::shared_ptr<DiskWatch> disk_;
    std::unique_ptr<rocksdb::Env> env_;
    std::shared_ptr<LiveFloors> floors_ = std::make_shared<LiveFloors>();
    std::unique_ptr<rocksdb::DB> db_;
    std::unique_ptr<HeadFile> head_;
    rocksdb::ColumnFamilyHandle* number_handle_ = nullptr;
    std::array<rocksdb::ColumnFamilyHandle*, family_count> handles_{};
};

/// Where the database lies in a data directory.
std::string database_path(const std::string& data_dir);
std::shared_ptr<rocksdb::FileSystem> disk_of(const RocksSettings& settings);

/// RocksDB's word on a read.
Errc read_error(const rocksdb::Status& status);

}  // namespace stockcast
