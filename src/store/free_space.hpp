#pragma once

#include <rocksdb/file_system.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace stockcast {

/// Whether the disk has the room that the floor demands. Asks the file system at most once a second, or when told to.
/// A disk that can't be asked counts as having room: the write itself will tell.
class FreeSpace {
public:
    FreeSpace(std::shared_ptr<rocksdb::FileSystem> disk, std::string directory, std::uint64_t floor);

    bool is_enough();
    /// Asks now. Empty when there is room, else what is free and what is needed.
    std::string shortage();

private:
    void measure();

    std::shared_ptr<rocksdb::FileSystem> disk_;
    std::string directory_;
    std::uint64_t floor_;
    std::optional<std::chrono::steady_clock::time_point> measured_;
    std::uint64_t free_ = 0;
};

}  // namespace stockcast
