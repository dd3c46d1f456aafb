#pragma once

#include "sim/announcer.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_client.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace stockcast::sim {

/// Delivers notifications: to each URL in order, one at a time, over a kept connection; 5 s for each. Not tried again,
/// unless `Variants::notification_retries` says so. Bounded: what is too much is dropped and counted.
class Courier final : public Outbox {
public:
    Courier(Connector& connector, Clock& clock, Log& log, const Variants& variants, SimulatorCounts& counts);
    ~Courier() override;

    /// Until then letters only wait. `tasks` must be wound down before this object dies.
    void start(TaskGroup& tasks);
    void post(Letter letter) override;

private:
    struct Parcel {
        Letter letter;
        unsigned tries = 0;
    };
    struct Lane;

    void queue(Parcel parcel);
    Lane* lane_to(const std::string& url);
    void drop();
    void settle(Parcel parcel, bool accepted);
    asio::awaitable<void> drive(Lane& lane);
    asio::awaitable<void> postpone(Parcel parcel);

    Connector& connector_;
    Clock& clock_;
    Log& log_;
    const Variants& variants_;
    SimulatorCounts& counts_;
    TaskGroup* tasks_ = nullptr;
    std::map<std::string, std::unique_ptr<Lane>> lanes_;  ///< by URL
    std::deque<Parcel> early_;                            ///< posted before the start
};

}  // namespace stockcast::sim
