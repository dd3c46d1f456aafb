#pragma once

#include "e2e/world.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace stockcast::e2e {

/// A client as it should be: listens on the WebSocket, comes back to where it was whenever the connection ends, and
/// keeps account of what it was sent. On a thread of its own.
class Follower {
public:
    /// From the store's head on.
    explicit Follower(World& world);
    ~Follower() { leave(); }

    void leave();
    std::uint64_t position() const { return position_; }
    /// Every change since its beginning came once and in order.
    bool is_flawless() const { return flaws_ == 0; }

private:
    void follow();
    void listen();

    World& world_;
    std::string epoch_;
    std::atomic<std::uint64_t> position_;
    std::atomic<unsigned> flaws_ = 0;
    std::atomic<bool> leaving_ = false;
    std::thread thread_;
};

}  // namespace stockcast::e2e
