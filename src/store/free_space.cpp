#include "store/free_space.hpp"

#include <limits>
#include <utility>

namespace stockcast {

FreeSpace::FreeSpace(std::shared_ptr<rocksdb::FileSystem> disk, std::string directory, std::uint64_t floor)
    : disk_(std::move(disk)), directory_(std::move(directory)), floor_(floor) {}

bool FreeSpace::is_enough() {
    const auto now = std::chrono::steady_clock::now();
    if (!measured_ || now - *measured_ >= std::chrono::seconds{1}) measure();
    return free_ >= floor_;
}

std::string FreeSpace::shortage() {
    measure();
    if (free_ >= floor_) return {};
    return "the disk of DATA_DIR has " + std::to_string(free_) + " bytes free, " + std::to_string(floor_) +
           " are needed";
}

void FreeSpace::measure() {
    measured_ = std::chrono::steady_clock::now();
    const auto asked = disk_->GetFreeSpace(directory_, rocksdb::IOOptions{}, &free_, nullptr);
    if (!asked.ok()) free_ = std::numeric_limits<std::uint64_t>::max();
}

}  // namespace stockcast
