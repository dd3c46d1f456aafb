#include "store/disk_watch.hpp"

#include <new>
#include <string_view>
#include <utility>

namespace stockcast {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class WatchedWal final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    WatchedWal(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::shared_ptr<DiskWatch::Notes> notes)
        : FSWritableFileOwnerWrapper(std::move(file)), notes_(std::move(notes)) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        return note_append(target()->Append(data, options, debug));
    }
    IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& verification,
                    IODebugContext* debug) override {
        return note_append(target()->Append(data, options, verification, debug));
    }
    IOStatus PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& options,
                              IODebugContext* debug) override {
        return note_append(target()->PositionedAppend(data, offset, options, debug));
    }
    IOStatus PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& options,
                              const rocksdb::DataVerificationInfo& verification, IODebugContext* debug) override {
        return note_append(target()->PositionedAppend(data, offset, options, verification, debug));
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return note_sync(target()->Sync(options, debug));
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return note_sync(target()->Fsync(options, debug));
    }

private:
    IOStatus note_append(IOStatus status) {
        ++(status.ok() ? notes_->appends : notes_->failed_appends);
        return status;
    }
    IOStatus note_sync(IOStatus status) {
        if (!status.ok()) notes_->sync_failed = true;
        return status;
    }

    std::shared_ptr<DiskWatch::Notes> notes_;
};

/// A WAL whose name is not durable is as lost as one whose bytes are not.
class WatchedDirectory final : public rocksdb::FSDirectoryWrapper {
public:
    WatchedDirectory(std::unique_ptr<rocksdb::FSDirectory>&& directory, std::shared_ptr<DiskWatch::Notes> notes)
        : FSDirectoryWrapper(std::move(directory)), notes_(std::move(notes)) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return note(FSDirectoryWrapper::Fsync(options, debug));
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& reason) override {
        return note(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason));
    }

private:
    IOStatus note(IOStatus status) {
        if (!status.ok()) notes_->sync_failed = true;
        return status;
    }

    std::shared_ptr<DiskWatch::Notes> notes_;
};

// RocksDB's callbacks must not throw (its code is not written for it), so memory is asked for politely.
IOStatus no_memory() {
    return IOStatus::IOError("out of memory");
}

}  // namespace

DiskWatch::DiskWatch(std::shared_ptr<rocksdb::FileSystem> disk, std::string database_directory)
    : FileSystemWrapper(std::move(disk)),
      directory_(std::move(database_directory)),
      notes_(std::make_shared<Notes>()) {}

IOStatus DiskWatch::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    return watch(name, target()->NewWritableFile(name, options, file, debug), file);
}

IOStatus DiskWatch::ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    return watch(name, target()->ReopenWritableFile(name, options, file, debug), file);
}

IOStatus DiskWatch::ReuseWritableFile(const std::string& name, const std::string& old_name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    return watch(name, target()->ReuseWritableFile(name, old_name, options, file, debug), file);
}

IOStatus DiskWatch::NewDirectory(const std::string& name, const IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) {
    IOStatus opened = target()->NewDirectory(name, options, directory, debug);
    if (!opened.ok() || name != directory_) return opened;
    std::unique_ptr<rocksdb::FSDirectory> watched{new (std::nothrow) WatchedDirectory(std::move(*directory), notes_)};
    if (!watched) return no_memory();
    *directory = std::move(watched);
    return opened;
}

IOStatus DiskWatch::LockFile(const std::string& name, const IOOptions& options, rocksdb::FileLock** lock,
                             IODebugContext* debug) {
    IOStatus locked = target()->LockFile(name, options, lock, debug);
    if (!locked.ok()) notes_->lock_refused = true;
    return locked;
}

bool DiskWatch::is_wal(const std::string& name) const {
    const std::string_view path{name};
    const auto slash = path.rfind('/');
    return slash != std::string_view::npos && path.substr(0, slash) == directory_ && path.ends_with(".log");
}

IOStatus DiskWatch::watch(const std::string& name, IOStatus opened,
                          std::unique_ptr<rocksdb::FSWritableFile>* file) const {
    if (!opened.ok() || !is_wal(name)) return opened;
    std::unique_ptr<rocksdb::FSWritableFile> watched{new (std::nothrow) WatchedWal(std::move(*file), notes_)};
    if (!watched) return no_memory();
    *file = std::move(watched);
    return opened;
}

}  // namespace stockcast
