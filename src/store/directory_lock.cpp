#include "stockcast/store/directory_lock.hpp"

#include "store/refusal.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stockcast {

void make_private_directory(const std::string& directory) {
    const auto parent = std::filesystem::path{directory}.lexically_normal().parent_path();
    std::error_code failed;
    if (!parent.empty()) std::filesystem::create_directories(parent, failed);
    if (failed) throw refused_by_system(directory, failed.value());
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) throw refused_by_system(directory, errno);
}

DirectoryLock::DirectoryLock(const std::string& directory, Missing missing) : directory_(directory) {
    if (missing == Missing::make) make_private_directory(directory);
    descriptor_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor_ < 0) throw refused_by_system(directory, errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;

    const int reason = errno;
    ::close(descriptor_);
    if (reason == EWOULDBLOCK) throw refused_locked(directory);
    throw refused_by_system(directory, reason);
}

DirectoryLock::~DirectoryLock() {
    ::close(descriptor_);
}

void DirectoryLock::sync() const {
    if (::fsync(descriptor_) != 0) throw refused_by_system(directory_, errno);
}

}  // namespace stockcast
