#include "e2e/follower.hpp"

#include <chrono>
#include <exception>

namespace stockcast::e2e {

Follower::Follower(World& world)
    : world_(world), epoch_(world.epoch()), position_(world.head()), thread_([this] { follow(); }) {}

void Follower::leave() {
    leaving_ = true;
    if (thread_.joinable()) thread_.join();
}

void Follower::follow() {
    while (!leaving_) {
        try {
            listen();
        } catch (const std::exception&) {
            // The server is away, or the connection broke: it is tried again.
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
}

void Follower::listen() {
    auto stream = world_.websocket("?since=" + std::to_string(position_) + "&epoch=" + epoch_);
    while (!leaving_) {
        const auto message = stream.next(std::chrono::milliseconds{200});
        if (!message) {
            if (stream.closed(std::chrono::milliseconds{0})) return;
            continue;
        }
        const auto type = text_of(*message, "type");
        if (type == "reset") ++flaws_;
        const bool is_change = type == "stock_updated" || type.starts_with("product_");
        if (!is_change) continue;
        const auto seq = std::stoull(text_of(*message, "seq"));
        if (seq != position_ + 1) ++flaws_;
        position_ = seq;
    }
}

}  // namespace stockcast::e2e
