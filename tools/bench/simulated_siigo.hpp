#pragma once

#include <cstdint>
#include <sys/types.h>

namespace stockcast::bench {

/// SIIGO's simulator in a process of its own, so that its memory is not taken for ours. Make it before any thread is.
class SimulatedSiigo {
public:
    static constexpr auto username = "bench@stockcast.example";
    static constexpr auto access_key = "bench-access-key";

    /// Throws std::runtime_error when it does not come up.
    SimulatedSiigo(unsigned products, unsigned requests_per_minute);
    ~SimulatedSiigo();
    SimulatedSiigo(const SimulatedSiigo&) = delete;
    SimulatedSiigo& operator=(const SimulatedSiigo&) = delete;
    std::uint16_t port() const { return port_; }

private:
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace stockcast::bench
