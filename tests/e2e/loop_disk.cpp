#include "e2e/loop_disk.hpp"

#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

namespace stockcast::e2e {
namespace {

constexpr std::uintmax_t bytes = std::uintmax_t{512} << 20;  // sparse

// Of the kernel's ext4 and xfs; no header of the C library has them.
constexpr unsigned long shut_down = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t without_flushing_the_journal = 2;

}  // namespace

LoopDisk::LoopDisk() : path_(directory_.path() + "/disk") {
    const auto image = directory_.path() + "/image";
    std::ofstream{image};
    std::filesystem::resize_file(image, bytes);
    std::filesystem::create_directory(path_);
    const auto made = run_to_end({"/usr/sbin/mkfs.ext4", "-q", "-F", image}, {}, directory_.path());
    if (made.exit_code == 0) mount();
}

LoopDisk::~LoopDisk() {
    if (mounted_) unmount();
}

void LoopDisk::mount() {
    const auto image = directory_.path() + "/image";
    mounted_ = run_to_end({"/usr/bin/mount", "-o", "loop", image, path_}, {}, directory_.path()).exit_code == 0;
}

void LoopDisk::unmount() {
    eventually([this] { return ::umount2(path_.c_str(), 0) == 0; });
    mounted_ = false;
}

void LoopDisk::cut_power() const {
    const int directory = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    auto how = without_flushing_the_journal;
    const bool is_cut = directory >= 0 && ::ioctl(directory, shut_down, &how) == 0;
    ::close(directory);
    if (!is_cut) throw std::runtime_error{"the file system can't be shut down"};
}

void LoopDisk::mount_again() {
    unmount();
    mount();
    if (!mounted_) throw std::runtime_error{"the file system can't be mounted again"};
}

}  // namespace stockcast::e2e
