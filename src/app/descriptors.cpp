#include "app/descriptors.hpp"

#include <algorithm>
#include <limits>
#include <sys/resource.h>

namespace stockcast {
namespace {

/// For RocksDB's files, the listener, the connection to SIIGO, logs, pipes.
constexpr std::uint64_t kept_back = 512;

}  // namespace

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<std::uint64_t>::max();
    const auto before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

std::uint32_t affordable_connections(std::uint32_t wanted, std::uint64_t descriptors) {
    // Where there are so few, half and half.
    const auto rest = descriptors > 2 * kept_back ? descriptors - kept_back : descriptors / 2;
    if (wanted > 0 && wanted <= rest) return wanted;
    constexpr auto no_limit = std::numeric_limits<std::uint32_t>::max();
    if (wanted == 0 && rest >= no_limit) return 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(rest, no_limit));
}

}  // namespace stockcast
