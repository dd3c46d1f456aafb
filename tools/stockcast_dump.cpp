#include "stockcast_dump.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/store/offline.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>

#ifndef STOCKCAST_VERSION
#define STOCKCAST_VERSION "unknown"
#endif

namespace {

using namespace stockcast;
using namespace stockcast::dump;

constexpr int failed = 1;
constexpr int wrong_usage = 2;

struct Arguments {
    std::string data_dir = "./data";
    std::vector<std::string> families;
    std::string from;
    std::string to;
    std::string format = "jsonl";
};

void declare(CLI::App& app, Arguments& arguments) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < family_count; ++i) names.emplace_back(to_string(static_cast<Family>(i)));
    const auto bound = CLI::Validator(
        [](const std::string& text) {
            return parse_bound(text) ? std::string{} : text + " is neither a seq nor a time";
        },
        "SEQ|TIME");

    app.set_version_flag("--version", "stockcast-dump " STOCKCAST_VERSION);
    app.add_option("DATA_DIR", arguments.data_dir, "The store: a DATA_DIR (also while its server runs), or a backup")
        ->capture_default_str();
    app.add_option("--family", arguments.families, "Only these families (may be given several times)")
        ->check(CLI::IsMember(names));
    app.add_option("--from", arguments.from, "First seq or time (2025-01-20, 2025-01-20T10:30:00Z), itself included")
        ->check(bound);
    app.add_option("--to", arguments.to, "Last seq or time, itself included")->check(bound);
    app.add_option("--format", arguments.format, "jsonl, or csv (then one family)")
        ->check(CLI::IsMember({"jsonl", "csv"}))
        ->capture_default_str();
    app.footer(
        "A seq bounds changes and product_changes; a time also webhook_logs, sync_logs and audit. Other families are\n"
        "printed whole. Payloads of webhook_logs are strings with their original bytes; where these are no UTF-8, "
        "payload\n"
        "is null and payload_base64 has them. Secrets are masked.\n"
        "Exit codes: 0 done, 1 the store can't be read or something in it is damaged, 2 wrong usage.");
}

/// What CLI11 can't check of single options.
Request request_of(const Arguments& arguments) {
    Request request;
    for (const auto& name : arguments.families) request.families.push_back(family_from(name).value());
    if (!arguments.from.empty()) request.window.from = parse_bound(arguments.from).value();
    if (!arguments.to.empty()) request.window.to = parse_bound(arguments.to).value();
    request.format = arguments.format == "csv" ? Format::csv : Format::json_lines;
    if (request.format == Format::csv && request.families.size() != 1) {
        throw CLI::ValidationError{"--format csv", "name one family with --family: each has columns of its own"};
    }
    for (const auto family : request.families) {
        if ((request.window.from || request.window.to) && !request.window.bounds(family)) {
            throw CLI::ValidationError{"--from, --to", std::string{to_string(family)} + " has no such order"};
        }
    }
    if (request.families.empty()) {
        for (std::size_t i = 0; i < family_count; ++i) request.families.push_back(static_cast<Family>(i));
    }
    return request;
}

int run(const std::string& data_dir, const Request& request) {
    SystemRandom random;
    try {
        OfflineStore offline{data_dir, random};
        return dump::dump(offline.store(), request, std::cout, std::cerr) ? 0 : failed;
    } catch (const StoreRefused& refused) {
        const bool spanish = language_from_environment() == Language::spanish;
        std::cerr << "stockcast-dump: " << (spanish ? refused.spanish() : refused.what()) << '\n';
        return failed;
    }
}

}  // namespace

int main(int argc, char** argv) {
    // A reader that closes the pipe (`| head`) ends the dump by an error on write, so that the copy is still removed.
    std::signal(SIGPIPE, SIG_IGN);
    std::ios::sync_with_stdio(false);
    try {
        CLI::App app{"Prints a stockcast store as JSON Lines or CSV.", "stockcast-dump"};
        Arguments arguments;
        declare(app, arguments);
        try {
            app.parse(argc, argv);
            const auto request = request_of(arguments);
            return run(arguments.data_dir, request);
        } catch (const CLI::ParseError& error) {
            return app.exit(error) == 0 ? 0 : wrong_usage;
        }
    } catch (const std::exception& error) {
        std::cerr << "stockcast-dump: " << error.what() << '\n';
        return failed;
    }
}
