#pragma once

#include "sim/company.hpp"
#include "sim/subscriptions.hpp"

#include "stockcast/sim/simulator.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace stockcast::sim {

/// One notification on its way.
struct Letter {
    std::string url;
    std::string body;
    std::chrono::milliseconds delay{0};  ///< sent so much later; others overtake it
};

/// Takes letters to send; never waits.
class Outbox {
public:
    virtual ~Outbox() = default;
    virtual void post(Letter letter) = 0;
};

/// Tells the subscribers of what happened to a product, as it stands at this moment; the faults of the way apply.
class Announcer {
public:
    Announcer(const SimulatorSettings& settings, const Company& company, const Subscriptions& subscriptions,
              const Variants& variants, Faults& faults, SimulatorCounts& counts, Outbox& outbox);

    /// To every active subscription of the topic.
    void announce(const Item& item, std::string_view topic);
    /// What `announce` would send, still without the variants' `data` round it.
    std::string notification(const Item& item, std::string_view topic) const;
    /// These very bytes, whatever the faults; to one address, or (empty) to the subscribers of the topic.
    void send(std::string_view topic, const std::string& url, const std::string& body);

private:
    const SimulatorSettings& settings_;
    const Company& company_;
    const Subscriptions& subscriptions_;
    const Variants& variants_;
    Faults& faults_;
    SimulatorCounts& counts_;
    Outbox& outbox_;
};

}  // namespace stockcast::sim
