#pragma once

#include "sim/announcer.hpp"
#include "sim/catalogue.hpp"
#include "sim/company.hpp"

#include <chrono>

namespace stockcast::sim {

/// The shop's day: sales above all, returns, purchases, and now and then a rename, a new price, a new product, one
/// taken out of the range, one deleted. What it does follows from the seed and the number of steps alone.
class Trade {
public:
    Trade(Company& company, Catalogue& catalogue, Announcer& announcer, SimulatorCounts& counts);

    /// One thing happens; announced unless chance, `unannounced_share` of the times, keeps it silent.
    void step(Moment at, double unannounced_share);
    /// The time until the next one: customers come independently of each other, so exponential (a Poisson process).
    std::chrono::nanoseconds gap(double per_minute);

private:
    void sell(Moment at);
    void take_back(Moment at);
    void purchase(Moment at);
    void rename(Moment at);
    void reprice(Moment at);
    void introduce(Moment at);
    void retire(Moment at);
    void erase(Moment at);

    /// A product with stock of its own; popular ones far more often. Null when none was found in a few draws.
    const Item* popular();
    const Item* any();
    /// Where it stands, mostly where there is some of it.
    std::size_t shelf_of(const Item& item);
    void tell(Slot slot, std::string_view topic);

    Company& company_;
    Catalogue& catalogue_;
    SeededRandom& random_;
    Announcer& announcer_;
    SimulatorCounts& counts_;
    bool silent_ = false;
};

}  // namespace stockcast::sim
