#pragma once

#include <cstdint>

namespace stockcast {

/// Raises this process's limit of open files to what it may have (most systems begin with 1,024 and allow far more) and
/// says how many that are.
std::uint64_t raise_descriptor_limit();

/// Of `wanted` connections (0: no limit) those that leave the store the descriptors it needs: RocksDB that can't open a
/// file is a store that failed.
std::uint32_t affordable_connections(std::uint32_t wanted, std::uint64_t descriptors);

}  // namespace stockcast
