#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace stockcast::test {

/// How many trials a run has: TRIALS (script/damage and its like set it), else `by_default`, which keeps script/test
/// short.
inline std::uint64_t trials(std::uint64_t by_default) {
    const char* given = std::getenv("TRIALS");
    return given ? std::stoull(given) : by_default;
}

/// The seed of the first trial: SEED, else 1. A failing trial prints its own, and is alone repeated by SEED=… TRIALS=1.
inline std::uint64_t first_seed() {
    const char* given = std::getenv("SEED");
    return given ? std::stoull(given) : 1;
}

}  // namespace stockcast::test
