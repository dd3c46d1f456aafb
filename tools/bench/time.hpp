#pragma once

#include <chrono>

namespace stockcast::bench {

using Time = std::chrono::steady_clock::time_point;

inline Time now() {
    return std::chrono::steady_clock::now();
}

}  // namespace stockcast::bench
