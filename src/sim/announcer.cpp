#include "sim/announcer.hpp"

#include "sim/product_json.hpp"

namespace stockcast::sim {
namespace {

bool use_up(unsigned& fault) {
    if (fault == 0) return false;
    --fault;
    return true;
}

}  // namespace

Announcer::Announcer(const SimulatorSettings& settings, const Company& company, const Subscriptions& subscriptions,
                     const Variants& variants, Faults& faults, SimulatorCounts& counts, Outbox& outbox)
    : settings_(settings),
      company_(company),
      subscriptions_(subscriptions),
      variants_(variants),
      faults_(faults),
      counts_(counts),
      outbox_(outbox) {}

std::string Announcer::notification(const Item& item, std::string_view topic) const {
    std::string body;
    write_notification(body, item, {settings_.company_key, settings_.username, topic}, company_, variants_);
    return body;
}

void Announcer::announce(const Item& item, std::string_view topic) {
    std::string body;
    for (const auto& subscription : subscriptions_.all()) {
        if (!subscription.active || subscription.topic != topic) continue;
        if (use_up(faults_.drop_notifications)) {
            ++counts_.notifications_dropped;
            continue;
        }
        if (body.empty()) body = wrapped(notification(item, topic), variants_);
        const auto delay = use_up(faults_.delay_notifications) ? faults_.delay_by : std::chrono::milliseconds{0};
        if (use_up(faults_.duplicate_notifications)) outbox_.post({subscription.url, body, delay});
        outbox_.post({subscription.url, body, delay});
    }
}

void Announcer::send(std::string_view topic, const std::string& url, const std::string& body) {
    if (!url.empty()) {
        outbox_.post({url, body});
        return;
    }
    for (const auto& subscription : subscriptions_.all()) {
        if (subscription.active && subscription.topic == topic) outbox_.post({subscription.url, body});
    }
}

}  // namespace stockcast::sim
