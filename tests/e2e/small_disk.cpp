#include "e2e/small_disk.hpp"

#include <filesystem>
#include <fstream>
#include <sys/mount.h>

namespace stockcast::e2e {

SmallDisk::SmallDisk(unsigned megabytes) {
    const auto options = "mode=0700,size=" + std::to_string(megabytes) + "m";
    mounted_ = ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
}

SmallDisk::~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
}

void SmallDisk::fill(std::uintmax_t free) {
    const auto room = std::filesystem::space(path()).available;
    std::ofstream out{path() + "/ballast", std::ios::binary | std::ios::app};
    const std::string block(64 * 1024, 'x');
    for (std::uintmax_t written = 0; written + free + block.size() < room; written += block.size()) out << block;
}

void SmallDisk::make_room() {
    std::filesystem::remove(path() + "/ballast");
}

}  // namespace stockcast::e2e
