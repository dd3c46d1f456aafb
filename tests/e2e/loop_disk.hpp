#pragma once

#include "e2e/world.hpp"

#include <string>

namespace stockcast::e2e {

/// A real ext4 in a file, whose power can be cut: then it forgets what it had in memory, as the kernel does by itself
/// when the machine loses its power. It takes root and a loop device.
class LoopDisk {
public:
    LoopDisk();
    ~LoopDisk();
    LoopDisk(const LoopDisk&) = delete;
    LoopDisk& operator=(const LoopDisk&) = delete;

    /// False where the machine does not allow it.
    bool is_mounted() const { return mounted_; }
    const std::string& path() const { return path_; }

    /// From now on everything on it fails, and what was not synced is lost. An fdatasync(2) that is under way meanwhile
    /// may be told of a success that is none (seen on Linux 6.18), so nobody who would act on it may live then.
    void cut_power() const;
    /// The machine starts again: the journal is replayed. Nobody may have files on it open.
    void mount_again();

private:
    void mount();
    void unmount();

    TemporaryDirectory directory_;
    std::string path_;
    bool mounted_ = false;
};

}  // namespace stockcast::e2e
