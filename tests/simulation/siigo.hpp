#pragma once

#include "sim/announcer.hpp"
#include "sim/api.hpp"
#include "sim/catalogue.hpp"
#include "sim/commands.hpp"
#include "sim/company.hpp"
#include "sim/front.hpp"
#include "sim/seeded_random.hpp"
#include "sim/subscriptions.hpp"
#include "sim/trade.hpp"
#include "simulation/chance.hpp"
#include "simulation/mail.hpp"
#include "simulation/network.hpp"
#include "simulation/scheduler.hpp"

#include "stockcast/base/task_group.hpp"
#include "stockcast/net/http_server.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::simulation {

/// One answer of SIIGO's to us.
struct Answered {
    std::chrono::nanoseconds at;  ///< since the run began
    unsigned status;              ///< 0: the connection was closed in place of an answer
};

/// SIIGO and its shop: the API as siigo-api.md has it, on virtual time, with trade that goes on and whatever the page marks
/// [O] or [?] drawn from the seed.
class Siigo {
public:
    struct Shop {
        std::size_t products = 20;
        unsigned requests_per_minute = 100;
        double sales_per_minute = 1;
        double unannounced = 0.1;  ///< share of changes that no notification tells
        std::chrono::seconds token_lifetime{std::chrono::hours{24}};
    };
    Siigo(std::uint64_t seed, Process& process, Network& network, Log& log, Shop shop, Mail& mail);
    ~Siigo();

    static constexpr std::string_view host = "siigo.example";
    static sim::SimulatorSettings credentials() { return {}; }

    /// Trade goes on until `close_shop`.
    void open_shop();
    void close_shop() { is_open_ = false; }
    /// A product is deleted, or two exchange their codes: what trade itself rarely does.
    void be_odd(Chance& chance);
    /// Another application of the company uses up that many requests of the quota at once.
    void let_another_application_ask(unsigned requests);
    /// All tokens end before their time, whatever is under way with them.
    void revoke_tokens() { api_.revoke_tokens(); }
    /// Ways to be out for long.
    enum class Outage { closed, unavailable, broken, gateway, silent };
    /// Until `faults()` are taken back.
    void go_out(Outage how);
    /// A notification that SIIGO never sent, as somebody without the secret would make one up.
    std::string forged_notification(Chance& chance);

    sim::Faults& faults() { return faults_; }
    sim::Variants& variants() { return variants_; }
    const sim::Company& company() const { return company_; }

    /// Told of each request that arrives, before it is answered, and of each answer.
    std::function<void()> on_request;
    std::function<void(Answered)> on_answer;

private:
    class Watched;
    asio::awaitable<void> trade();
    void draw_variants();

    Process& process_;
    Shop shop_;
    Chance chance_;
    sim::SimulatorSettings settings_;
    sim::Variants variants_;
    sim::Faults faults_;
    sim::SimulatorCounts counts_;
    sim::TradeRate rate_;
    sim::SeededRandom its_chance_;
    sim::Catalogue catalogue_;
    sim::Company company_;
    sim::Subscriptions subscriptions_;
    sim::Announcer announcer_;
    sim::Trade trade_;
    sim::Api api_;
    sim::Commands commands_;
    sim::Front front_;
    std::unique_ptr<Watched> watched_;
    HttpServer server_;
    TaskGroup tasks_;
    bool is_open_ = false;
    std::string other_token_;
};

}  // namespace stockcast::simulation
