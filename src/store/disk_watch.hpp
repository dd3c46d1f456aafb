#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace stockcast {

/// RocksDB's view of the disk, with notes of what happened to the write-ahead log. A failed `DB::Write` doesn't tell a
/// failed append (the record is torn: recovery drops it) from a failed fsync (the record may be on disk or not), and
/// both can be ENOSPC. The one is «not written», the other «unknown», so it is noted where it happens.
class DiskWatch final : public rocksdb::FileSystemWrapper {
public:
    struct Notes {
        std::atomic<std::uint64_t> appends{0};         ///< to a WAL, complete
        std::atomic<std::uint64_t> failed_appends{0};  ///< to a WAL: whatever of it is there is torn
        std::atomic<bool> sync_failed{false};          ///< of a WAL, or of the directory that names it; for good
        std::atomic<bool> lock_refused{false};         ///< RocksDB's LOCK file could not be locked
    };

    /// Only files directly in `database_directory` are looked at: checkpoints write logs elsewhere.
    DiskWatch(std::shared_ptr<rocksdb::FileSystem> disk, std::string database_directory);

    const Notes& notes() const { return *notes_; }

    static const char* kClassName() { return "stockcast.DiskWatch"; }
    const char* Name() const override { return kClassName(); }

    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSWritableFile>* file,
                                         rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& old_name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* file,
                                        rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus LockFile(const std::string& name, const rocksdb::IOOptions& options, rocksdb::FileLock** lock,
                               rocksdb::IODebugContext* debug) override;

private:
    bool is_wal(const std::string& name) const;
    rocksdb::IOStatus watch(const std::string& name, rocksdb::IOStatus opened,
                            std::unique_ptr<rocksdb::FSWritableFile>* file) const;

    std::string directory_;
    std::shared_ptr<Notes> notes_;  // files can outlive the file system during a close
};

}  // namespace stockcast
