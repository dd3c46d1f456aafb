#include "support/volatile_disk.hpp"

#include <limits>
#include <unistd.h>
#include <utility>

namespace stockcast::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr auto never = std::numeric_limits<std::uint64_t>::max();

class VolatileFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    VolatileFile(std::unique_ptr<rocksdb::FSWritableFile>&& real, PageCache::FileRef file, VolatileDisk& disk,
                 PageCache& cache)
        : FSWritableFileOwnerWrapper(std::move(real)), file_(std::move(file)), disk_(disk), cache_(cache) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        return disk_.change([&] {
            file_->written += data.size();
            return target()->Append(data, options, debug);
        });
    }
    IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Sync(const IOOptions&, IODebugContext*) override {
        return disk_.change([&] {
            cache_.synced(file_);
            return IOStatus::OK();
        });
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return Sync(options, debug); }
    IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
        return IOStatus::OK();  // promises nothing
    }

private:
    PageCache::FileRef file_;
    VolatileDisk& disk_;
    PageCache& cache_;
};

class VolatilePages final : public rocksdb::FSRandomRWFileOwnerWrapper {
public:
    VolatilePages(std::unique_ptr<rocksdb::FSRandomRWFile>&& real, PageCache::FileRef file, bool is_direct,
                  VolatileDisk& disk, PageCache& cache)
        : FSRandomRWFileOwnerWrapper(std::move(real)),
          file_(std::move(file)),
          is_direct_(is_direct),
          disk_(disk),
          cache_(cache) {}

    IOStatus Write(std::uint64_t offset, const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        return disk_.change([&] {
            cache_.overwritten(file_, offset, data.ToString(), is_direct_);
            return FSRandomRWFileOwnerWrapper::Write(offset, data, options, debug);
        });
    }
    IOStatus Sync(const IOOptions&, IODebugContext*) override {
        return disk_.change([&] {
            cache_.synced(file_);
            return IOStatus::OK();
        });
    }

private:
    PageCache::FileRef file_;
    bool is_direct_;
    VolatileDisk& disk_;
    PageCache& cache_;
};

class VolatileDirectory final : public rocksdb::FSDirectoryWrapper {
public:
    VolatileDirectory(std::unique_ptr<rocksdb::FSDirectory>&& real, std::string path, VolatileDisk& disk,
                      PageCache& cache)
        : FSDirectoryWrapper(std::move(real)), path_(std::move(path)), disk_(disk), cache_(cache) {}

    IOStatus Fsync(const IOOptions&, IODebugContext*) override {
        return disk_.change([&] {
            cache_.names_synced(path_);
            return IOStatus::OK();
        });
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions&) override {
        return Fsync(options, debug);
    }

private:
    std::string path_;
    VolatileDisk& disk_;
    PageCache& cache_;
};

bool is_directory(rocksdb::FileSystem& disk, const std::string& path) {
    bool is_one = false;
    return disk.IsDirectory(path, {}, &is_one, nullptr).ok() && is_one;
}

}  // namespace

VolatileDisk::VolatileDisk(std::string attic)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), cache_(std::move(attic)), power_until_(never) {}

void VolatileDisk::cut_power_after(std::uint64_t operations) {
    const std::lock_guard lock{mutex_};
    power_until_ = operations_ + operations;
}

bool VolatileDisk::has_power() const {
    const std::lock_guard lock{mutex_};
    return operations_ < power_until_;
}

std::uint64_t VolatileDisk::operations() const {
    const std::lock_guard lock{mutex_};
    return operations_;
}

void VolatileDisk::restart(Random& random) {
    const std::lock_guard lock{mutex_};
    cache_.lose_power(random);
    power_until_ = never;
}

IOStatus VolatileDisk::change(const std::function<IOStatus()>& change) {
    const std::lock_guard lock{mutex_};
    if (operations_ >= power_until_) return IOStatus::IOError("no power");
    ++operations_;
    return change();
}

IOStatus VolatileDisk::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    return change([&] {
        cache_.know(directory_of(path));
        // A new file in the place of the old, whose bytes a cut can bring back.
        if (::unlink(path.c_str()) == 0) cache_.removed(path);
        auto opened = target()->NewWritableFile(path, options, file, debug);
        if (opened.ok()) *file = std::make_unique<VolatileFile>(std::move(*file), cache_.made(path), *this, cache_);
        return opened;
    });
}

IOStatus VolatileDisk::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSRandomRWFile>* file, IODebugContext* debug) {
    const std::lock_guard lock{mutex_};
    cache_.know(directory_of(path));
    auto opened = target()->NewRandomRWFile(path, options, file, debug);
    if (opened.ok())
        *file = std::make_unique<VolatilePages>(std::move(*file), cache_.file(path), options.use_direct_writes, *this,
                                                cache_);
    return opened;
}

IOStatus VolatileDisk::NewDirectory(const std::string& path, const IOOptions& options,
                                    std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) {
    auto opened = target()->NewDirectory(path, options, directory, debug);
    if (opened.ok()) *directory = std::make_unique<VolatileDirectory>(std::move(*directory), path, *this, cache_);
    return opened;
}

IOStatus VolatileDisk::DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* debug) {
    return change([&] {
        cache_.know(directory_of(path));
        auto done = target()->DeleteFile(path, options, debug);
        if (done.ok()) cache_.removed(path);
        return done;
    });
}

IOStatus VolatileDisk::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                  IODebugContext* debug) {
    return change([&] {
        if (is_directory(*target(), from)) return target()->RenameFile(from, to, options, debug);
        cache_.know(directory_of(from));
        cache_.know(directory_of(to));
        auto done = target()->RenameFile(from, to, options, debug);
        if (done.ok()) cache_.renamed(from, to);
        return done;
    });
}

IOStatus VolatileDisk::LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                                IODebugContext* debug) {
    return change([&] {
        cache_.know(directory_of(from));
        cache_.know(directory_of(to));
        auto done = target()->LinkFile(from, to, options, debug);
        if (done.ok()) cache_.linked(from, to);
        return done;
    });
}

}  // namespace stockcast::test
