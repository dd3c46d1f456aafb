#include "stockcast/base/process_usage.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace stockcast {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double number(const std::string& text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? value : unknown;
}

/// The fields of /proc/self/stat from the third on (proc(5)): the second is the program's name, which may hold
/// anything, so they are found from its closing parenthesis.
std::vector<std::string> stat_fields() {
    std::ifstream file{"/proc/self/stat"};
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest{line.substr(name_end + 1)};
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(std::move(field));
    return fields;
}

double boot_time_seconds() {
    std::ifstream file{"/proc/stat"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("btime ")) return number(line.substr(6));
    }
    return unknown;
}

double count_open_fds() {
    std::error_code failed;
    double count = 0;
    for (auto it = std::filesystem::directory_iterator{"/proc/self/fd", failed};
         !failed && it != std::filesystem::directory_iterator{}; it.increment(failed))
        ++count;
    return failed ? unknown : count - 1;  // the listing itself has one open
}

}  // namespace

ProcessUsage measure_process() {
    ProcessUsage usage{unknown, unknown, unknown, unknown, unknown, unknown};
    const auto fields = stat_fields();
    const auto field = [&](std::size_t number_in_proc_5) {
        const auto index = number_in_proc_5 - 3;
        return index < fields.size() ? number(fields[index]) : unknown;
    };
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    usage.cpu_seconds = (field(14) + field(15)) / ticks;
    usage.start_time_seconds = boot_time_seconds() + field(22) / ticks;
    usage.virtual_bytes = field(23);
    usage.resident_bytes = field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    usage.open_fds = count_open_fds();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_fds = static_cast<double>(limit.rlim_cur);
    return usage;
}

ProcessMetrics::ProcessMetrics(Metrics& metrics) {
    const auto read = [this](double ProcessUsage::* what) {
        return [this, what] { return usage_ ? (*usage_).*what : unknown; };
    };
    metrics.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", {},
                    read(&ProcessUsage::cpu_seconds));
    metrics.gauge("process_resident_memory_bytes", "Resident memory size in bytes.", {},
                  read(&ProcessUsage::resident_bytes));
    metrics.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", {},
                  read(&ProcessUsage::virtual_bytes));
    metrics.gauge("process_open_fds", "Number of open file descriptors.", {}, read(&ProcessUsage::open_fds));
    metrics.gauge("process_max_fds", "Maximum number of open file descriptors.", {}, read(&ProcessUsage::max_fds));
    metrics.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", {},
                  read(&ProcessUsage::start_time_seconds));
}

}  // namespace stockcast
