// stockcast-bench: how fast this machine's stockcast is, beside what bounds it on this machine.
#include "bench/bench.hpp"

#include "stockcast/app/usage.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>

namespace {

using namespace stockcast::bench;

constexpr int failed = 1;
constexpr auto server_help = "http://127.0.0.1:PORT of a server without real data, with RATE_LIMIT_API=0";
constexpr auto token_help = "stockcast token --role viewer";
constexpr auto url_help = "http://HOST:PORT/api/webhooks/receive/SECRET of a server without real data";

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

CLI::App* declare_ingest(CLI::App& app, IngestSettings& settings) {
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

CLI::App* declare_latency(CLI::App& app, LatencySettings& settings) {
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

void add_crowd(CLI::App& command, CrowdSettings& settings) {
    command.add_option("--token", settings.token, token_help);
    command
        .add_option("--ca", settings.ca, "PEM that is trusted for https://; else a server on this machine is believed")
        ->check(CLI::ExistingFile);
    command.add_option("--transport", settings.transport, "What the clients speak")
        ->check(CLI::IsMember({"ws", "sse", "socket.io"}))
        ->capture_default_str();
    add_in_range(command, "--clients", settings.clients, "Clients of the stream", 1, 100'000);
    command.add_option("--pid", settings.pid, "Of the server on this machine: its memory and processor are watched");
}

CLI::App* declare_fanout(CLI::App& app, FanoutSettings& settings) {
    auto* command = app.add_subcommand(
        "fanout",
        "Changes to many clients, each delivery matched with its trigger; also of another server, or a raw loop");
    command->add_option("URL", settings.url, std::string{url_help} + "; with --connect: takes each change as a POST");
    add_crowd(*command, settings.crowd);
    auto* rate = command->add_option("--rate", settings.rate, "Changes a second, whatever is under way")
                     ->check(CLI::Range(0.1, 1e5));
    add_in_range(*command, "--in-flight", settings.in_flight, "Changes under way: the next when all clients have one",
                 1, 16)
        ->excludes(rate);
    add_in_range(*command, "--seconds", settings.seconds, "How long, after a second that doesn't count", 1, 3'600);
    add_notifications(*command, settings);
    auto* connect =
        command->add_option("--connect", settings.connect, "The stream of a server that isn't stockcast, as http://…");
    auto* raw = command
                    ->add_option("--raw", settings.raw,
                                 "Instead of a server: a bare send() loop for each change, or for all that wait")
                    ->check(CLI::IsMember({"each", "joined"}))
                    ->excludes(connect);
    command->add_option("--sync", settings.sync_in, "Directory in which the raw loop makes changes durable first")
        ->check(CLI::ExistingDirectory)
        ->needs(raw);
    command->add_option("--raw-core", settings.raw_core, "The only core that the raw loop runs on")->needs(raw);
    command->add_flag("--json", settings.json, "The figures as one line of JSON");
    return command;
}

CLI::App* declare_idle(CLI::App& app, IdleSettings& settings) {
    auto* command = app.add_subcommand("idle", "What many clients cost that only stay");
    command->add_option("URL", settings.url, "http://HOST:PORT; with a path: another server's stream")->required();
    add_crowd(*command, settings.crowd);
    add_in_range(*command, "--seconds", settings.seconds, "How long they stay", 0, 3'600);
    command->add_flag("--json", settings.json, "The figures as one line of JSON");
    return command;
}

CLI::App* declare_stall(CLI::App& app, StallSettings& settings) {
    auto* command = app.add_subcommand(
        "stall", "All clients stop reading while changes arrive, then read again: memory, webhooks, and what they get");
    command->add_option("URL", settings.url, url_help)->required();
    add_crowd(*command, settings.crowd);
    add_in_range(*command, "--rate", settings.rate, "Webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--quiet", settings.quiet, "Seconds in which all read, to compare with", 1, 3'600);
    add_in_range(*command, "--stalled", settings.stalled, "Seconds in which none reads", 1, 3'600);
    add_in_range(*command, "--receive-buffer", settings.receive_buffer,
                 "Bytes that the kernel keeps for each client; 0: as many as it sees fit", 0, 1 << 30);
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare_resume(CLI::App& app, ResumeSettings& settings) {
    auto* command = app.add_subcommand("resume", "Many clients come back at once, beside others that are level");
    command->add_option("URL", settings.url, url_help)->required();
    add_crowd(*command, settings.crowd);
    add_in_range(*command, "--behind", settings.behind, "Changes that each has missed", 1, 1'000'000'000);
    add_in_range(*command, "--live", settings.live, "Further clients, level all the time", 1, 20'000);
    add_in_range(*command, "--rate", settings.rate, "Webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--quiet", settings.quiet, "Seconds before, to compare with", 1, 3'600);
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare_hostile(CLI::App& app, HostileSettings& settings) {
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

CLI::App* declare_read(CLI::App& app, ReadSettings& settings) {
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

CLI::App* declare_overload(CLI::App& app, OverloadSettings& settings) {
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
    add_in_range(*command, "--seconds", settings.seconds, "Of each half of a run", 1, 3'600);
    add_in_range(*command, "--runs", settings.runs, "Alone and beside in turns, so often; medians are shown", 1, 100);
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare_sync(CLI::App& app, SyncBenchSettings& settings) {
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

CLI::App* declare_fill(CLI::App& app, FillSettings& settings) {
    auto* command =
        app.add_subcommand("fill", "Makes a store as so many webhooks would have left it, to measure what reads it");
    command->add_option("DATA_DIR", settings.directory, "Where to; there must be no store yet")->required();
    add_in_range(*command, "--changes", settings.changes, "Webhooks, each a change", 1, 1'000'000'000);
    add_in_range(*command, "--products", settings.products, "Products that take turns", 1, 1'000'000);
    add_in_range(*command, "--busy", settings.busy, "Further changes, all of one further product", 0, 1'000'000);
    add_in_range(*command, "--days", settings.days, "Spread over these, up to now", 1, 3'650);
    return command;
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
        IngestSettings ingest_settings;
        LatencySettings latency_settings;
        HostileSettings hostile_settings;
        SyncBenchSettings sync_settings;
        const auto* ingest_command = declare_ingest(app, ingest_settings);
        const auto* latency_command = declare_latency(app, latency_settings);
        ReadSettings read_settings;
        OverloadSettings overload_settings;
        FillSettings fill_settings;
        const auto* read_command = declare_read(app, read_settings);
        const auto* overload_command = declare_overload(app, overload_settings);
        FanoutSettings fanout_settings;
        IdleSettings idle_settings;
        const auto* fanout_command = declare_fanout(app, fanout_settings);
        const auto* idle_command = declare_idle(app, idle_settings);
        StallSettings stall_settings;
        ResumeSettings resume_settings;
        const auto* stall_command = declare_stall(app, stall_settings);
        const auto* resume_command = declare_resume(app, resume_settings);
        const auto* hostile_command = declare_hostile(app, hostile_settings);
        const auto* sync_command = declare_sync(app, sync_settings);
        declare_fill(app, fill_settings);
        const auto judge = [&] {
            if (fanout_command->parsed() && fanout_settings.url.empty() == fanout_settings.raw.empty())
                throw CLI::ValidationError("fanout", "give either URL or --raw");
        };
        if (const auto ended = stockcast::parse_arguments(app, argc, argv, language, judge)) return *ended;
        if (ingest_command->parsed()) return ingest(ingest_settings) ? 0 : failed;
        if (latency_command->parsed()) return latency(latency_settings) ? 0 : failed;
        if (read_command->parsed()) return stockcast::bench::read(read_settings) ? 0 : failed;
        if (overload_command->parsed()) return overload(overload_settings) ? 0 : failed;
        if (fanout_command->parsed()) return fanout(fanout_settings) ? 0 : failed;
        if (stall_command->parsed()) return stall(stall_settings) ? 0 : failed;
        if (resume_command->parsed()) return resume(resume_settings) ? 0 : failed;
        if (idle_command->parsed()) return idle(idle_settings) ? 0 : failed;
        if (hostile_command->parsed()) return hostile(hostile_settings) ? 0 : failed;
        if (sync_command->parsed()) return stockcast::bench::sync(sync_settings) ? 0 : failed;
        fill(fill_settings);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "stockcast-bench: " << error.what() << '\n';
        return failed;
    }
}
