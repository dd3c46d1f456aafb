#include "bench/options.hpp"

namespace stockcast::bench {

CLI::App* declare(CLI::App& app, IngestSettings& settings) {
    auto* command = app.add_subcommand(
        "ingest", "Webhooks as fast as they are answered, beside GET /healthz and an append+fdatasync loop");
    command->add_option("URL", settings.url, url_help)->required();
    command->add_option("--connections", settings.connections, "Kept connections; several: one run each")
        ->delimiter(',')
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    add_in_range(*command, "--seconds", settings.seconds, "Of each run", 1, 86'400);
    add_notifications(*command, settings);
    command->add_option("--disk", settings.disk, "Directory of the append+fdatasync loop: on DATA_DIR's file system")
        ->check(CLI::ExistingDirectory)
        ->capture_default_str();
    return command;
}

CLI::App* declare(CLI::App& app, LatencySettings& settings) {
    auto* command =
        app.add_subcommand("latency", "From a webhook to the frame at each of many WebSocket clients, at a fixed rate");
    command->add_option("URL", settings.url, url_help)->required();
    command->add_option("--token", settings.token, "For /ws: stockcast token --role viewer");
    add_in_range(*command, "--clients", settings.clients, "WebSocket clients", 1, 20'000);
    add_in_range(*command, "--rate", settings.rate, "Webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--seconds", settings.seconds, "How long", 1, 3'600);
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare(CLI::App& app, HostileSettings& settings) {
    auto* command = app.add_subcommand(
        "hostile", "Genuine webhooks at a fixed rate amid connections that never finish and a flood of forged hints");
    command->add_option("URL", settings.url, url_help)->required();
    add_in_range(*command, "--slow", settings.slow, "Connections that trickle a header or a body and never finish", 0,
                 100'000);
    add_in_range(*command, "--hints", settings.hints, "Notifications without the secret, a second", 0.0, 1e5);
    add_in_range(*command, "--rate", settings.rate, "Genuine webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--seconds", settings.seconds, "How long", 1, 3'600);
    command->add_option("--pid", settings.pid, "Of the server on this machine: its memory is watched");
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare(CLI::App& app, ReadSettings& settings) {
    auto* command =
        app.add_subcommand("read", "One product beside GET /healthz; pages of the webhooks' log; a product as it was");
    command->add_option("URL", settings.url, server_help)->required();
    command->add_option("--token", settings.token, token_help)->required();
    add_in_range(*command, "--connections", settings.connections, "Kept connections that ask for products and /healthz",
                 1, 10'000);
    add_in_range(*command, "--seconds", settings.seconds, "Of each question in each run", 1, 3'600);
    add_in_range(*command, "--runs", settings.runs, "The questions in turns, so often; medians are shown", 1, 100);
    auto* product =
        command->add_option("--product", settings.product, "Id of the one read by ?at=; else the one that moved most");
    command->add_option("--at", settings.at, "That time or seq; else times of its history in turns")->needs(product);
    return command;
}

CLI::App* declare(CLI::App& app, OverloadSettings& settings) {
    auto* command = app.add_subcommand(
        "overload", "Webhooks at a fixed rate, alone and beside exports of the whole catalogue and searches, in turns");
    command->add_option("URL", settings.url, server_help)->required();
    command->add_option("--token", settings.token, token_help)->required();
    command->add_option("--secret", settings.secret, "The last part of the webhooks' address")->required();
    add_in_range(*command, "--exports", settings.exports, "Catalogues as CSV at once, one after another", 0, 1'000);
    add_in_range(*command, "--searches", settings.searches, "Searches of the whole catalogue at once", 0, 1'000);
    add_in_range(*command, "--slow-readers", settings.slow_readers, "WebSocket clients that never read", 0, 100'000);
    command->add_option("--search", settings.search, "A text that few products match")->capture_default_str();
    add_in_range(*command, "--rate", settings.rate, "Webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--connections", settings.connections, "For the webhooks; more due ones wait", 1, 10'000);
    add_in_range(*command, "--seconds", settings.seconds, "Of each half of a run", 1, 3'600);
    add_in_range(*command, "--runs", settings.runs, "Alone and beside in turns, so often; medians are shown", 1, 100);
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare(CLI::App& app, SyncBenchSettings& settings) {
    auto* command = app.add_subcommand(
        "sync", "A first sync against the SIIGO simulator (in a process of its own) into a new store, and a restart");
    add_in_range(*command, "--products", settings.products, "Products in the catalogue", 0, 1'000'000);
    add_in_range(*command, "--batch-size", settings.batch_size, "Products a request and a commit", 1, 100);
    add_in_range(*command, "--requests-per-minute", settings.requests_per_minute,
                 "The quota: generous, so that the code is measured", 1, 10'000'000);
    command->add_option("--spacing", settings.spacing_ms, "Milliseconds between two requests")->capture_default_str();
    command->add_option("--directory", settings.directory, "Of the store, which must be new; a temporary one else");
    return command;
}

CLI::App* declare(CLI::App& app, FillSettings& settings) {
    auto* command =
        app.add_subcommand("fill", "Makes a store as so many webhooks would have left it, to measure what reads it");
    command->add_option("DATA_DIR", settings.directory, "Where to; there must be no store yet")->required();
    add_in_range(*command, "--changes", settings.changes, "Webhooks, each a change", 1, 1'000'000'000);
    add_in_range(*command, "--products", settings.products, "Products that take turns", 1, 1'000'000);
    add_in_range(*command, "--busy", settings.busy, "Further changes, all of one further product", 0, 1'000'000);
    add_in_range(*command, "--days", settings.days, "Spread over these, up to now", 1, 3'650);
    return command;
}

}  // namespace stockcast::bench
