#pragma once

#include "durability/life.hpp"

#include <span>

namespace stockcast::test {

/// Something that a store does, during which its disk is to fail.
struct Scenario {
    const char* name;
    void (*prepare)(
        Life& life);  ///< on a good disk, once; closed and opened again before each `act` that finds it open
    void (*act)(Life& life);
    bool reads = false;  ///< reading is to fail, not writing
};
std::span<const Scenario> scenarios();

}  // namespace stockcast::test
