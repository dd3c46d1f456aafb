#pragma once

#include "bench/child.hpp"

#include <cstdint>

namespace stockcast::bench {

/// SIIGO's simulator in a process of its own, so that its memory is not taken for ours. Make it before any thread is.
class SimulatedSiigo {
public:
    static constexpr auto username = "bench@stockcast.example";
    static constexpr auto access_key = "bench-access-key";

    /// Throws std::runtime_error when it does not come up.
    SimulatedSiigo(unsigned products, unsigned requests_per_minute);
    std::uint16_t port() const { return child_.port(); }

private:
    Child child_;
};

}  // namespace stockcast::bench
