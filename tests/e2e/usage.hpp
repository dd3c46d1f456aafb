#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace stockcast::e2e {

/// What a running server takes of its machine at one moment.
struct Usage {
    std::uint64_t resident_kb = 0;
    std::uint64_t descriptors = 0;  ///< open ones, sockets among them
    std::uint64_t sockets = 0;
    std::uint64_t threads = 0;
    std::uint64_t wal_kb = 0;  ///< the store's write-ahead logs, as long as they say that they are
};
Usage usage_of(pid_t server, const std::string& data_dir);

}  // namespace stockcast::e2e
