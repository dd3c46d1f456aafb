#pragma once

#include <string>

namespace stockcast {

/// Holds a data directory for this process, by flock(2) on the directory itself: it needs no file and no permission to
/// write, ends with the process however that ends, and also keeps a second opening in the same process out.
/// RocksDB's own LOCK is not enough: a tool that only reads takes none, and it is let go while a full disk is
/// recovered.
class DirectoryLock {
public:
    /// Makes the directory (0700) where it is missing and `make` says so. Throws StoreRefused: `locked`, `no_room`,
    /// `unreachable`.
    enum class Missing { make, refuse };
    DirectoryLock(const std::string& directory, Missing missing);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    /// Makes the names in the directory durable. Throws StoreRefused.
    void sync() const;

private:
    std::string directory_;
    int descriptor_ = -1;
};

/// mkdir(2) with mode 0700; there already is fine. Throws StoreRefused.
void make_private_directory(const std::string& directory);

}  // namespace stockcast
