#pragma once

#include "stockcast/base/metrics.hpp"

#include <cstdint>
#include <optional>

namespace stockcast {

/// What this process takes of the machine, as Linux says in /proc/self. NaN: not known.
struct ProcessUsage {
    double cpu_seconds = 0;  ///< user and system
    double resident_bytes = 0;
    double virtual_bytes = 0;
    double open_fds = 0;
    double max_fds = 0;
    double start_time_seconds = 0;  ///< since 1970
};
/// Blocking: lists the open descriptors, some 10 ms with 20,000 of them.
ProcessUsage measure_process();

/// The `process_…` series by the names that Prometheus's own clients give them.
class ProcessMetrics {
public:
    explicit ProcessMetrics(Metrics& metrics);
    void set(const ProcessUsage& usage) { usage_ = usage; }

private:
    std::optional<ProcessUsage> usage_;
};

}  // namespace stockcast
