#pragma once

#include "sim/announcer.hpp"
#include "sim/api.hpp"
#include "sim/catalogue.hpp"
#include "sim/commands.hpp"
#include "sim/company.hpp"
#include "sim/seeded_random.hpp"
#include "sim/subscriptions.hpp"
#include "sim/trade.hpp"
#include "support/manual_clock.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/sim/simulator.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stockcast::sim::test {

/// Keeps what would be sent.
class KeptLetters final : public Outbox {
public:
    void post(Letter letter) override { letters.push_back(std::move(letter)); }
    std::vector<Letter> letters;
};

/// The whole simulator but for its sockets, on time that the test moves.
struct SiigoInABox {
    explicit SiigoInABox(unsigned products = 60, std::uint64_t seed = 1);

    /// With a good Partner-Id and the token of a log-in made at the first call.
    HttpResponse get(const std::string& target);
    HttpResponse send(const std::string& method, const std::string& target, const std::string& body = "");
    HttpResponse command(const std::string& name, const std::string& body = "");
    const std::string& token();
    /// One subscription of each topic.
    void subscribe_all();

    HttpRequest request(const std::string& method, const std::string& target, const std::string& body = "") const;
    Moment moment() const { return now(clock); }
    const Item& newest() const { return *company.find(company.by_creation().back()); }
    /// A product with stock of its own.
    const Item& stocked() const;

    stockcast::test::ManualClock clock;
    stockcast::test::SeededRandom random;
    SimulatorSettings settings;
    Variants variants;
    Faults faults;
    SimulatorCounts counts;
    TradeRate rate;
    SeededRandom chance;
    Catalogue catalogue;
    Company company;
    Subscriptions subscriptions;
    KeptLetters outbox;
    Announcer announcer;
    Trade trade;
    Api api;
    Commands commands;

private:
    std::string token_;
};

Json json_of(const HttpResponse& response);
/// `a.b.0.c`: members and elements on the way; null where there is none.
Json at(const Json& value, std::string_view path);
/// A string as it is, anything else as JSON text.
std::string text_at(const Json& value, std::string_view path);
/// The error code of SIIGO's body.
std::string code_of(const HttpResponse& response);
/// The codes of the products of a page, in its order.
std::vector<std::string> codes_of(const HttpResponse& response);
std::string total_of(const HttpResponse& response);

}  // namespace stockcast::sim::test
