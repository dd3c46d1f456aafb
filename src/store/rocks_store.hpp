#pragma once

#include "store/free_space.hpp"
#include "store/rocks_database.hpp"

#include "stockcast/store/directory_lock.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

namespace stockcast {

/// The Store over RocksDB; see open_rocks_store for what its errors mean.
class RocksStore final : public Store {
public:
    enum class Access { read_write, read_only };
    /// `lock` is null for a checkpoint, which nobody else writes.
    RocksStore(RocksSettings settings, std::unique_ptr<DirectoryLock> lock, std::shared_ptr<RocksDatabase> database,
               Access access);

    Result<void> commit(const Batch& batch) override;
    Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
    std::optional<std::string> peek(Family family, std::string_view key) const override;
    Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                             const std::vector<std::string>& keys) const override;
    std::unique_ptr<Snapshot> snapshot() const override;
    Floors floors() const override;
    Result<void> reclaim() override;
    Result<void> checkpoint(const std::string& directory) override;
    StoreHealth recover() override;

    /// Reads every file and compares it with its checksums. RocksDB's word on what is wrong; empty: nothing.
    std::string check_files() const;

private:
    /// What stands in the way of commits.
    enum class Obstacle {
        none,
        full,    ///< RocksDB met a full disk, and must be opened anew when there is room
        broken,  ///< outcome unknown, or no disk: for good
    };

    std::shared_ptr<RocksDatabase> database() const;
    Result<void> write(RocksDatabase& database, const Batch& batch);
    Result<void> copy_into(RocksDatabase& database, const std::string& directory);
    Errc fail(const rocksdb::Status& status, Obstacle when_full);
    StoreHealth broken() const;
    StoreHealth reopen();

    const RocksSettings settings_;
    const std::unique_ptr<DirectoryLock> lock_;
    const Access access_;

    std::mutex write_mutex_;  // commit, checkpoint, recover: one at a time; guards what follows
    FreeSpace free_space_;
    Obstacle obstacle_ = Obstacle::none;
    std::string reason_;

    mutable std::shared_mutex database_mutex_;
    std::shared_ptr<RocksDatabase> database_;  // null only after a reopening that failed
};

}  // namespace stockcast
