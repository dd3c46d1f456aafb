#include "siigo/turn_queue.hpp"

#include <algorithm>

namespace stockcast::siigo {

std::optional<TurnQueue::Ticket> TurnQueue::enter(Purpose purpose) {
    auto& line = waiting_[static_cast<std::size_t>(purpose)];
    if (line.size() >= waiting_max) return std::nullopt;
    const Ticket ticket = next_ticket_++;
    line.push_back(ticket);
    if (!current_) pick_next();
    return ticket;
}

void TurnQueue::leave(Ticket ticket) {
    if (current_ == ticket) {
        current_.reset();
        pick_next();
        return;
    }
    for (auto& line : waiting_) std::erase(line, ticket);
}

void TurnQueue::pick_next() {
    for (std::size_t step = 1; step <= purposes; ++step) {
        const auto candidate = (last_served_ + step) % purposes;
        auto& line = waiting_[candidate];
        if (line.empty()) continue;
        current_ = line.front();
        line.pop_front();
        last_served_ = candidate;
        return;
    }
}

}  // namespace stockcast::siigo
