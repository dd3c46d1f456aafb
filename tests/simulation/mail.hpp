#pragma once

#include "sim/announcer.hpp"
#include "simulation/chance.hpp"
#include "simulation/network.hpp"
#include "simulation/scheduler.hpp"

#include "stockcast/base/task_group.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace stockcast::simulation {

/// What becomes of notifications on their way; a run changes it as it goes.
struct Post {
    double lost = 0;
    double doubled = 0;
    double late = 0;  ///< by up to `latest`, so that newer ones overtake it
    std::chrono::nanoseconds latest{std::chrono::minutes{10}};
};

/// SIIGO's notifications on their way to the server: each on a connection of its own, so in no order.
class Mail final : public sim::Outbox {
public:
    Mail(std::uint64_t seed, Process& process, Network& network, Log& log, const Post& post);

    void post(sim::Letter letter) override;
    /// These bytes, to this address, once and soon: what somebody else than SIIGO sends.
    void forge(std::string url, std::string body);
    /// Told of each notification that was answered 2xx.
    std::function<void(const std::string& url, const std::string& body)> on_acknowledged;

private:
    void send(sim::Letter letter, std::chrono::nanoseconds delay);
    asio::awaitable<void> deliver(sim::Letter letter, std::chrono::nanoseconds delay);

    Chance chance_;
    Process& process_;
    std::unique_ptr<Connector> connector_;
    TaskGroup couriers_;
    const Post& post_;
};

}  // namespace stockcast::simulation
