#pragma once

#include "simulation/chance.hpp"
#include "simulation/machine.hpp"
#include "simulation/mail.hpp"
#include "simulation/network.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/siigo.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace stockcast::simulation {

/// What may be troubled.
struct Victims {
    Scheduler& scheduler;
    Process& world;
    Machine& machine;
    Siigo& siigo;
    Mail& mail;
    Lines& lines;
    Post& post;
};

/// Everything that goes wrong for a shop: one trouble at a time, each with its own end.
class Troubles {
public:
    explicit Troubles(const Victims& victims) : on_(victims) {}

    /// Makes one and says which. What is drawn of it depends on `chance` alone, so that leaving one out doesn't change the
    /// others.
    std::string make_one(Chance& chance);
    /// The end of all of them.
    void end();

private:
    std::string of_siigo(Chance& chance);
    std::string of_machine(Chance& chance);
    std::string of_clock(Chance& chance);
    std::string of_lines(Chance& chance);
    std::string of_post(Chance& chance);
    std::string forge(Chance& chance);
    void later(Chance& chance, std::chrono::nanoseconds most, std::function<void()> end);

    Victims on_;
};

}  // namespace stockcast::simulation
