#include "bench/process.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace stockcast::bench {
namespace {

std::string path_of(unsigned pid, const char* file) {
    return "/proc/" + std::to_string(pid) + "/" + file;
}

[[noreturn]] void no_process(unsigned pid) {
    throw std::runtime_error("no process " + std::to_string(pid) + " to look at");
}

/// The number behind `name`, or 0.
std::uint64_t number_after(const std::string& path, const std::string& name) {
    std::ifstream file{path};
    for (std::string word; file >> word;) {
        std::uint64_t number = 0;
        if (word == name && file >> number) return number;
    }
    return 0;
}

}  // namespace

Memory memory_of(unsigned pid) {
    Memory memory;
    memory.resident_kb = number_after(path_of(pid, "status"), "VmRSS:");
    if (memory.resident_kb == 0) no_process(pid);
    memory.proportional_kb = number_after(path_of(pid, "smaps_rollup"), "Pss:");
    return memory;
}

std::chrono::nanoseconds cpu_time_of(unsigned pid) {
    std::ifstream file{path_of(pid, "stat")};
    std::string line;
    if (!std::getline(file, line)) no_process(pid);
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th field after it.
    std::istringstream fields{line.substr(line.rfind(')') + 1)};
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    std::int64_t user = 0, system = 0;
    fields >> user >> system;
    static const std::int64_t ticks_a_second = ::sysconf(_SC_CLK_TCK);
    return std::chrono::nanoseconds{(user + system) * (1'000'000'000 / ticks_a_second)};
}

std::uint64_t tcp_buffers_kb() {
    std::ifstream file{"/proc/net/sockstat"};
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("TCP:")) continue;
        std::istringstream words{line};
        std::uint64_t pages = 0;
        for (std::string word; words >> word;)
            if (word == "mem") words >> pages;
        return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
    }
    return 0;
}

std::uint64_t packets_dropped() {
    std::ifstream file{"/proc/net/softnet_stat"};
    std::uint64_t dropped = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line};
        std::uint64_t processed = 0;
        std::uint64_t of_core = 0;
        if (words >> std::hex >> processed >> of_core) dropped += of_core;
    }
    return dropped;
}

}  // namespace stockcast::bench
