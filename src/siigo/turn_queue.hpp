#pragma once

#include "stockcast/siigo/client.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace stockcast::siigo {

/// Who may use the one connection next: callers of one purpose in their order, the purposes in turn, so that a long
/// pass never starves a read, nor hints a pass. Pure.
class TurnQueue {
public:
    using Ticket = std::uint64_t;
    static constexpr std::size_t waiting_max = 256;  ///< of one purpose

    /// None: too many of this purpose wait.
    std::optional<Ticket> enter(Purpose purpose);
    bool is_turn(Ticket ticket) const { return current_ == ticket; }
    /// Ends the turn, or the wait for it.
    void leave(Ticket ticket);
    bool is_idle() const { return !current_; }

private:
    void pick_next();

    static constexpr std::size_t purposes = 3;
    std::array<std::deque<Ticket>, purposes> waiting_;
    std::size_t last_served_ = 0;
    std::optional<Ticket> current_;
    Ticket next_ticket_ = 1;
};

}  // namespace stockcast::siigo
