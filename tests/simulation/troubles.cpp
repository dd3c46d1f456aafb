#include "simulation/troubles.hpp"

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

double share(Chance& chance, double most) {
    return most * static_cast<double>(chance.between(0, 100)) / 100;
}

}  // namespace

std::string Troubles::make_one(Chance& chance) {
    switch (chance.between(0, 10)) {
        case 0:
        case 1:
        case 2: return of_siigo(chance);
        case 3:
        case 4: return of_machine(chance);
        case 5: return of_lines(chance);
        case 6: return of_post(chance);
        case 7: return forge(chance);
        case 8: return of_clock(chance);
        default: on_.siigo.be_odd(chance); return "a product is deleted, or two exchange their codes";
    }
}

void Troubles::end() {
    on_.siigo.faults() = {};
    on_.lines = {};
    on_.post = {};
    on_.machine.disk().contents().set_full(false);
}

void Troubles::later(Chance& chance, std::chrono::nanoseconds most, std::function<void()> end) {
    on_.scheduler.after(on_.world, chance.duration(1s, most), std::move(end));
}

std::string Troubles::of_siigo(Chance& chance) {
    auto& faults = on_.siigo.faults();
    const auto some = static_cast<unsigned>(chance.between(1, 6));
    switch (chance.between(0, 13)) {
        case 0: faults.internal_error = some; return "SIIGO answers 500";
        case 1: faults.unavailable = some; return "SIIGO answers 503";
        case 2: faults.html_gateway = some; return "SIIGO answers HTML";
        case 3: faults.gateway_json = some; return "SIIGO answers another JSON";
        case 4: faults.empty_body = some; return "SIIGO answers nothing";
        case 5: faults.cut_body = some; return "SIIGO's answers are cut";
        case 6:
            faults.slow = some;
            faults.slow_by = std::chrono::milliseconds{chance.between(100, 200'000)};
            return "SIIGO is slow";
        case 7: faults.unauthorized = some; return "SIIGO refuses tokens";
        case 8: faults.throttled = some; return "SIIGO throttles";
        case 9:
            faults.outage = true;
            later(chance, 30min, [&faults] { faults.outage = false; });
            return "SIIGO is out";
        case 10:
            faults.blocked = true;
            later(chance, 30min, [&faults] { faults.blocked = false; });
            return "SIIGO blocks the user";
        case 11:
            faults.figures_lag = std::chrono::milliseconds{chance.between(1'000, 180'000)};
            later(chance, 20min, [&faults] { faults.figures_lag = 0ms; });
            return "SIIGO's figures lag";
        case 12: on_.siigo.revoke_tokens(); return "SIIGO's tokens end before their time";
        default:
            on_.siigo.let_another_application_ask(static_cast<unsigned>(chance.between(10, 120)));
            return "another application eats the quota";
    }
}

std::string Troubles::of_machine(Chance& chance) {
    auto& disk = on_.machine.disk().contents();
    const bool was_written = chance.chance(0.5);
    switch (chance.between(0, 5)) {
        case 0:
        case 1:
        case 2: on_.machine.kill(); return "the process is killed";
        case 3: on_.machine.stop(); return "the server is stopped";
        case 4:
            disk.fail_next_commit(was_written ? test::MemoryStore::Fault::failed_but_written
                                              : test::MemoryStore::Fault::failed);
            return was_written ? "an fsync fails, and the batch is there" : "an fsync fails, and the batch is lost";
        default:
            disk.set_full(true);
            later(chance, 10min, [&disk] { disk.set_full(false); });
            return "the disk is full";
    }
}

/// Also while no process runs: the next one meets it as it reads what the last one kept.
std::string Troubles::of_clock(Chance& chance) {
    if (chance.chance(0.3)) on_.machine.kill();
    const auto by = chance.duration(1min, 6h);
    on_.machine.set_clock(chance.chance(0.5) ? by : -by);
    return "the machine's clock is set";
}

std::string Troubles::of_lines(Chance& chance) {
    auto& lines = on_.lines;
    switch (chance.between(0, 2)) {
        case 0: lines.latency = chance.duration(10us, 200ms); return "the lines are slow";
        case 1:
            lines.cut = share(chance, 0.05);
            lines.unreachable = share(chance, 0.5);
            later(chance, 10min, [&lines] { lines.cut = lines.unreachable = 0; });
            return "connections are cut";
        default:
            lines.stall = share(chance, 0.1);
            lines.stall_for = chance.duration(100ms, 90s);
            later(chance, 10min, [&lines] { lines.stall = 0; });
            return "connections stall";
    }
}

std::string Troubles::of_post(Chance& chance) {
    auto& post = on_.post;
    if (chance.chance(0.5)) {
        post.lost = chance.chance(0.2) ? 1.0 : share(chance, 0.5);
        post.doubled = share(chance, 0.5);
        return "notifications are lost and doubled";
    }
    post.late = share(chance, 0.5);
    post.latest = chance.duration(5s, 5h);
    return "notifications are late";
}

std::string Troubles::forge(Chance& chance) {
    const auto address = "https://" + on_.machine.host() + "/api/webhooks/receive";
    for (auto count = chance.between(1, 20); count > 0; --count)
        on_.mail.forge(address + (chance.chance(0.5) ? "" : "/no-such-secret"), on_.siigo.forged_notification(chance));
    return "notifications are forged";
}

}  // namespace stockcast::simulation
