#pragma once

#include "sim/announcer.hpp"
#include "sim/catalogue.hpp"
#include "sim/company.hpp"
#include "sim/subscriptions.hpp"
#include "sim/target.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/sim/simulator.hpp"

#include <boost/system/result.hpp>

#include <functional>
#include <string>

namespace stockcast::sim {

/// How lively the shop is.
struct TradeRate {
    double sales_per_minute = 0;
    double unannounced_share = 0;
};

/// Everything that the commands reach into.
struct Stage {
    Company& company;
    Catalogue& catalogue;
    Subscriptions& subscriptions;
    Announcer& announcer;
    Variants& variants;
    Faults& faults;
    SimulatorCounts& counts;
    TradeRate& rate;
    Clock& clock;
    std::function<void()> rate_changed;
};

/// Why a command was not carried out.
struct Refusal {
    unsigned status;  ///< 400, 404, 409
    std::string why;
};

/// What lies below `/_sim/`: SIIGO has none of it. The commands of `siigo-sim --help`; no token, no quota, no faults.
class Commands {
public:
    explicit Commands(Stage stage) : stage_(std::move(stage)) {}

    static bool is_command(std::string_view target) { return target.starts_with("/_sim/"); }
    HttpResponse answer(const HttpRequest& request);

private:
    using Outcome = boost::system::result<std::string, Refusal>;  ///< the body of a 200, or why not

    HttpResponse ask(const std::string& command) const;
    Outcome tell(const std::string& command, Json body);

    std::string counts() const;
    std::string products() const;
    std::string trade() const;
    Outcome set_trade(const Json& body);
    Outcome subscribe(const Json& body);
    Outcome sell(const Json& body);
    Outcome product(const Json& body);
    Outcome create(const Json& body);
    Outcome change(const Item& item, const std::string& action, const Json& body);
    Outcome notify(Json body);

    /// By `id` or `code`.
    boost::system::result<const Item*, Refusal> find(const Json& body) const;
    void tell_subscribers(Slot slot, std::string_view topic, const Json& body);
    std::string show(Slot slot) const;

    Stage stage_;
};

}  // namespace stockcast::sim
