#pragma once

#include <rocksdb/file_system.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace stockcast {

/// A file of whole pages that are written in place, past the page cache (O_DIRECT, open(2)): a write that has returned is
/// with the device, and the flush with which the next fdatasync(2) of *any* file of that file system ends puts it on
/// disk too. So it costs no flush of its own. That is how ext4 and xfs do it, which write such a page where it lies;
/// elsewhere (btrfs and zfs write it to another place, which then must be noted) each write is synced by itself.
/// Not for a journal or a file that grows: the pages must have been written and synced before.
class DirectPages final : public rocksdb::FSRandomRWFile {
public:
    static constexpr std::size_t page_bytes = 4096;  ///< of every device that is sold, or a multiple of its sector
    using Page = std::array<char, page_bytes>;

    static rocksdb::IOStatus open(const std::string& path, std::unique_ptr<rocksdb::FSRandomRWFile>& opened);
    ~DirectPages() override;

    /// One page, at a multiple of its size.
    rocksdb::IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus Read(std::uint64_t offset, std::size_t bytes, const rocksdb::IOOptions& options,
                           rocksdb::Slice* result, char* scratch, rocksdb::IODebugContext* debug) const override;
    rocksdb::IOStatus Flush(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override;

private:
    explicit DirectPages(std::string path) : path_(std::move(path)) {}
    rocksdb::IOStatus failed(const char* what, int error_number) const;
    void sync_each_write();

    struct alignas(page_bytes) Aligned {
        Page bytes;
    };

    const std::string path_;
    int descriptor_ = -1;
    bool syncs_each_write_ = false;
    std::unique_ptr<Aligned> page_ = std::make_unique<Aligned>();
};

}  // namespace stockcast
