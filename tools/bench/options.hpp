#pragma once

#include "bench/bench.hpp"

#include <CLI/CLI.hpp>

/// What each mode of stockcast-bench takes. `declare` adds its command; the values go into `settings`.
namespace stockcast::bench {

CLI::App* declare(CLI::App& app, IngestSettings& settings);
CLI::App* declare(CLI::App& app, LatencySettings& settings);
CLI::App* declare(CLI::App& app, FanoutSettings& settings);
CLI::App* declare(CLI::App& app, IdleSettings& settings);
CLI::App* declare(CLI::App& app, StallSettings& settings);
CLI::App* declare(CLI::App& app, ResumeSettings& settings);
CLI::App* declare(CLI::App& app, ReadSettings& settings);
CLI::App* declare(CLI::App& app, OverloadSettings& settings);
CLI::App* declare(CLI::App& app, HostileSettings& settings);
CLI::App* declare(CLI::App& app, SyncBenchSettings& settings);
CLI::App* declare(CLI::App& app, FillSettings& settings);

inline constexpr auto server_help = "http://127.0.0.1:PORT of a server without real data, with RATE_LIMIT_API=0";
inline constexpr auto token_help = "stockcast token --role viewer";
inline constexpr auto url_help = "http://HOST:PORT/api/webhooks/receive/SECRET of a server without real data";

/// A number with its default, refused outside `least` to `most`.
template <class Number, class Bound>
CLI::Option* add_in_range(CLI::App& command, const char* name, Number& into, const char* meaning, Bound least,
                          Bound most) {
    return command.add_option(name, into, meaning)->check(CLI::Range(least, most))->capture_default_str();
}

/// What tells one run's notifications from another's.
template <class Settings>
void add_notifications(CLI::App& command, Settings& settings) {
    add_in_range(command, "--products", settings.products, "Products that take turns", 1, 1'000'000);
    command.add_option("--company-key", settings.company_key, "company_key of the notifications")
        ->capture_default_str();
    command.add_option("--seed", settings.seed, "Another one: other products")->capture_default_str();
}

}  // namespace stockcast::bench
