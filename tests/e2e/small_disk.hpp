#pragma once

#include "e2e/world.hpp"

#include <cstdint>
#include <string>

namespace stockcast::e2e {

/// A small file system of its own, to be filled. Mounting takes root: elsewhere the fault-injecting file system of
/// tests/store stands in.
class SmallDisk {
public:
    explicit SmallDisk(unsigned megabytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    /// False where the machine does not allow it.
    bool is_mounted() const { return mounted_; }
    const std::string& path() const { return directory_.path(); }
    /// Leaves `free` bytes.
    void fill(std::uintmax_t free);
    void make_room();

private:
    TemporaryDirectory directory_;
    bool mounted_ = false;
};

}  // namespace stockcast::e2e
