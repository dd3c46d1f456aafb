// stockcast-simulate: a shop's time from one seed; exit 0 when everything held, 1 with what did not.
#include "simulation/run.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <exception>

namespace {

using namespace stockcast::simulation;

RunResult run_guarded(const RunSettings& settings) {
    try {
        return run(settings);
    } catch (const std::exception& thrown) {
        RunResult result;
        result.violation = thrown.what();
        return result;
    }
}

/// Leaves out one trouble after the other, from the last to the first, for as long as something is still wrong.
RunResult shrink(RunSettings& settings, RunResult result) {
    settings.trace_file.clear();
    for (auto number = result.troubles; number-- > 0;) {
        settings.left_out.insert(number);
        if (auto fewer = run_guarded(settings); !fewer.violation.empty())
            result = std::move(fewer);
        else
            settings.left_out.erase(number);
    }
    return result;
}

unsigned long long number(std::uint64_t value) {
    return value;
}

void tell(const RunSettings& settings, const RunResult& result, double seconds) {
    if (!result.violation.empty()) {
        for (const auto& line : result.last_lines) std::printf("%s\n", line.c_str());
        if (!settings.left_out.empty()) {
            std::printf("without the troubles");
            for (const auto left_out : settings.left_out) std::printf(" %llu", number(left_out));
            std::printf("\n");
        }
    }
    const double simulated = std::chrono::duration<double>(result.simulated).count();
    std::printf(
        "seed %llu: %s; trace %016llx; %.2f h in %.2f s (%.0f times real time); %llu troubles, %llu starts, %llu "
        "changes, %llu notifications acknowledged, %llu answers of SIIGO with at worst %.0f %% failures; %llu tasks\n",
        number(settings.seed), result.violation.empty() ? "all held" : ("VIOLATION: " + result.violation).c_str(),
        number(result.trace_hash), simulated / 3600, seconds, simulated / seconds, number(result.troubles),
        number(result.starts), number(result.changes), number(result.acknowledged), number(result.answers),
        100 * result.worst_failure_share, number(result.steps));
}

}  // namespace

int main(int argc, char** argv) {
    RunSettings settings;
    double days = 1.0 / 24;
    bool shrinks = false;
    CLI::App app{
        "Runs the whole server on virtual time between an adverse SIIGO, bad lines, a bad disk and kills.\n"
        "The same seed, days and left-out troubles give the same run, always."};
    app.add_option("--seed", settings.seed, "what the run is drawn from")->capture_default_str();
    app.add_option("--days", days, "simulated days with troubles; calm follows")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    bool is_outage = false;
    app.add_flag("--outage", is_outage, "in place of troubles: a healthy week, then SIIGO is out for DAYS");
    app.add_option("--trace", settings.trace_file, "a file for everything that happens");
    app.add_option("--without", settings.left_out, "numbers of troubles that are not made");
    app.add_flag("--shrink", shrinks, "where something is wrong, look for the fewest troubles that show it");
    CLI11_PARSE(app, argc, argv);
    if (is_outage) settings.story = Story::outage;
    settings.length = std::chrono::nanoseconds{static_cast<std::int64_t>(days * 86'400e9)};

    const auto begun = std::chrono::steady_clock::now();
    auto result = run_guarded(settings);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (shrinks && !result.violation.empty()) result = shrink(settings, std::move(result));
    tell(settings, result, seconds);
    return result.violation.empty() ? 0 : 1;
}
