// stockcast-bench: how fast this machine's stockcast is, beside what bounds it on this machine.
#include "bench/bench.hpp"
#include "bench/options.hpp"

#include "stockcast/app/usage.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <vector>

namespace {

using namespace stockcast::bench;

struct Mode {
    CLI::App* command;
    std::function<bool()> run;  ///< false when the run was not flawless
};

template <class Settings>
Mode mode(CLI::App& app, bool (*run)(const Settings&)) {
    const auto settings = std::make_shared<Settings>();  // the options of the command write into it
    return {declare(app, *settings), [=] { return run(*settings); }};
}

std::vector<Mode> modes_of(CLI::App& app) {
    return {mode(app, ingest),
            mode(app, latency),
            mode(app, fanout),
            mode(app, idle),
            mode(app, stall),
            mode(app, resume),
            mode(app, stockcast::bench::read),
            mode(app, overload),
            mode(app, hostile),
            mode(app, stockcast::bench::sync),
            mode(app, fill)};
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        CLI::App app{
            "Measures stockcast: ingest, latency, fan-out, reading, overload, a hostile network, sync; fills a store.",
            "stockcast-bench"};
        const auto language = stockcast::language_from_environment();
        stockcast::begin_declaration(app, language);
        stockcast::add_views(app, language);
        app.require_subcommand(1);
        app.footer(
            "Figures count only beside what ran in the same minute: an idle machine, the server on one core and this\n"
            "on another (taskset -c). Exit codes: 0 done, 1 failed or refused, 2 wrong usage.");
        const auto modes = modes_of(app);
        if (const auto ended = stockcast::parse_arguments(app, argc, argv, language)) return *ended;
        for (const auto& mode : modes)
            if (mode.command->parsed()) return mode.run() ? 0 : 1;
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "stockcast-bench: " << error.what() << '\n';
        return 1;
    }
}
