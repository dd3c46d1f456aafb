#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

/// A store's files, for tests that damage them.
namespace stockcast::test {

/// The newest file of the database whose name ends so, and that holds at least so much.
inline std::string newest_file(const std::string& data, const std::string& ends, std::uintmax_t least_bytes = 1) {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator{data + "/rocksdb"}) {
        const auto name = entry.path().string();
        if (name.ends_with(ends) && std::filesystem::file_size(entry) >= least_bytes && name > newest) newest = name;
    }
    REQUIRE_FALSE(newest.empty());
    return newest;
}

inline void flip_bit(const std::string& path, std::uint64_t offset) {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    file.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(byte);
    REQUIRE(file.good());
}

}  // namespace stockcast::test
