#include "store/direct_pages.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stockcast {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr __fsword_t xfs_magic = 0x58465342;  // "XFSB"; linux/magic.h has no name for it

/// Writes in place, and ends every fdatasync(2) after a write with a flush of the device.
bool is_flushed_along(int descriptor) {
    struct ::statfs found{};
    if (::fstatfs(descriptor, &found) != 0) return false;
    return found.f_type == EXT4_SUPER_MAGIC || found.f_type == xfs_magic;
}

}  // namespace

IOStatus DirectPages::open(const std::string& path, std::unique_ptr<rocksdb::FSRandomRWFile>& opened) {
    std::unique_ptr<DirectPages> file{new DirectPages{path}};
    file->descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file->descriptor_ < 0) return file->failed("open", errno);
    const bool is_direct = is_flushed_along(file->descriptor_) && ::fcntl(file->descriptor_, F_SETFL, O_DIRECT) == 0;
    file->syncs_each_write_ = !is_direct;
    opened = std::move(file);
    return IOStatus::OK();
}

DirectPages::~DirectPages() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

IOStatus DirectPages::Write(std::uint64_t offset, const Slice& data, const IOOptions&, IODebugContext*) {
    // From memory that is aligned as well, as O_DIRECT asks.
    std::copy_n(data.data(), std::min(data.size(), page_bytes), page_->bytes.begin());
    for (;;) {
        const auto put = ::pwrite(descriptor_, page_->bytes.data(), page_bytes, static_cast<off_t>(offset));
        if (put == static_cast<ssize_t>(page_bytes)) break;
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EINVAL && !syncs_each_write_) {
            sync_each_write();
            continue;
        }
        return failed("write", put < 0 ? errno : EIO);
    }
    return syncs_each_write_ ? Sync({}, nullptr) : IOStatus::OK();
}

/// A device whose sectors are larger than a page.
void DirectPages::sync_each_write() {
    ::fcntl(descriptor_, F_SETFL, 0);
    syncs_each_write_ = true;
}

IOStatus DirectPages::Read(std::uint64_t, std::size_t, const IOOptions&, Slice*, char*, IODebugContext*) const {
    return IOStatus::NotSupported("read it by another descriptor");
}

IOStatus DirectPages::Flush(const IOOptions&, IODebugContext*) {
    return IOStatus::OK();  // nothing is buffered
}

IOStatus DirectPages::Sync(const IOOptions&, IODebugContext*) {
    return ::fdatasync(descriptor_) == 0 ? IOStatus::OK() : failed("sync", errno);
}

IOStatus DirectPages::Close(const IOOptions&, IODebugContext*) {
    return ::close(std::exchange(descriptor_, -1)) == 0 ? IOStatus::OK() : failed("close", errno);
}

IOStatus DirectPages::failed(const char* what, int error_number) const {
    const auto text = path_ + ": " + what + ": " + std::generic_category().message(error_number);
    return error_number == ENOSPC || error_number == EDQUOT ? IOStatus::NoSpace(text) : IOStatus::IOError(text);
}

}  // namespace stockcast
