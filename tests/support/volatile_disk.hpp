#pragma once

#include "support/page_cache.hpp"

#include <rocksdb/file_system.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace stockcast::test {

/// The machine's disk as one whose power can be cut: nothing is synced in truth, and what was not said to be is lost at
/// the cut (PageCache). For RocksSettings::file_system; what RocksDB does not write itself is durable at once. Safe from
/// any thread.
class VolatileDisk final : public rocksdb::FileSystemWrapper {
public:
    /// `attic`: as of PageCache.
    explicit VolatileDisk(std::string attic);

    /// The power goes before the n-th operation from now that changes anything (0: the next): it and all later ones
    /// fail and leave no trace.
    void cut_power_after(std::uint64_t operations);
    bool has_power() const;
    /// Operations that changed something, since the start.
    std::uint64_t operations() const;
    /// The machine starts again, whether the power was cut before or now. Nobody may have files open.
    void restart(Random& random);

    static const char* kClassName() { return "stockcast.VolatileDisk"; }
    const char* Name() const override { return kClassName(); }
    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    /// With `use_direct_writes`: past the page cache, so that the next flush takes them along.
    rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

    /// Runs `change` under the lock while there is power, else fails. For the files that this one hands out.
    rocksdb::IOStatus change(const std::function<rocksdb::IOStatus()>& change);

private:
    mutable std::mutex mutex_;
    PageCache cache_;
    std::uint64_t operations_ = 0;
    std::uint64_t power_until_;
};

}  // namespace stockcast::test
