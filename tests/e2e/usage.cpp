#include "e2e/usage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace stockcast::e2e {
namespace {

namespace fs = std::filesystem;

std::uint64_t number_after(const fs::path& file, const std::string& name) {
    std::ifstream in{file};
    for (std::string word; in >> word;) {
        std::uint64_t number = 0;
        if (word == name && in >> number) return number;
    }
    return 0;
}

/// Calls `look` with each entry that is still there when its turn comes.
template <class Look>
void look_through(const fs::path& directory, Look look) {
    std::error_code gone;
    for (fs::directory_iterator entry{directory, gone}; !gone && entry != fs::directory_iterator{};
         entry.increment(gone))
        look(*entry);
}

}  // namespace

Usage usage_of(pid_t server, const std::string& data_dir) {
    const auto process = "/proc/" + std::to_string(server);
    Usage usage;
    usage.resident_kb = number_after(process + "/status", "VmRSS:");
    usage.threads = number_after(process + "/status", "Threads:");
    look_through(process + "/fd", [&](const fs::directory_entry& descriptor) {
        std::error_code gone;
        const auto target = fs::read_symlink(descriptor.path(), gone).string();
        ++usage.descriptors;
        if (target.starts_with("socket:")) ++usage.sockets;
    });
    look_through(data_dir + "/rocksdb", [&](const fs::directory_entry& file) {
        std::error_code gone;
        const auto size = file.path().extension() == ".log" ? file.file_size(gone) : 0;
        if (!gone) usage.wal_kb += size / 1024;
    });
    return usage;
}

}  // namespace stockcast::e2e
