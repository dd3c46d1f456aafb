#include "bench/options.hpp"

#include <string>
#include <vector>

namespace stockcast::bench {
namespace {

const std::vector<std::string> stockcasts{"ws", "sse"};
const std::vector<std::string> all{"ws", "sse", "socket.io"};

void add_crowd(CLI::App& command, CrowdSettings& settings, const std::vector<std::string>& transports) {
    command.add_option("--token", settings.token, token_help);
    command
        .add_option("--ca", settings.ca, "PEM that is trusted for https://; else a server on this machine is believed")
        ->check(CLI::ExistingFile);
    command.add_option("--transport", settings.transport, "What the clients speak")
        ->check(CLI::IsMember(transports))
        ->capture_default_str();
    add_in_range(command, "--clients", settings.clients, "Clients of the stream", 1, 100'000);
    command.add_option("--pid", settings.pid, "Of the server on this machine: its memory and processor are watched");
}

}  // namespace

CLI::App* declare(CLI::App& app, FanoutSettings& settings) {
    auto* command = app.add_subcommand(
        "fanout",
        "Changes to many clients, each delivery matched with its trigger; also of another server, or a raw loop");
    command->add_option("URL", settings.url, std::string{url_help} + "; with --connect: takes each change as a POST");
    add_crowd(*command, settings.crowd, all);
    auto* rate = command->add_option("--rate", settings.rate, "Changes a second, whatever is under way")
                     ->check(CLI::Range(0.1, 1e5));
    add_in_range(*command, "--in-flight", settings.in_flight, "Changes under way: the next when all clients have one",
                 1, 16)
        ->excludes(rate);
    add_in_range(*command, "--seconds", settings.seconds, "How long, after a second that doesn't count", 1, 3'600);
    add_notifications(*command, settings);
    auto* connect =
        command->add_option("--connect", settings.connect, "The stream of a server that isn't stockcast, as http://…");
    auto* own = command
                    ->add_option("--own", settings.own,
                                 "Instead of URL a server of this program: a bare send() loop for each change, or for "
                                 "all that wait; or Beast's websocket::stream with a queue for each client")
                    ->check(CLI::IsMember({"each", "joined", "beast"}))
                    ->excludes(connect);
    command->add_option("--sync", settings.sync_in, "Directory in which a raw loop makes changes durable first")
        ->check(CLI::ExistingDirectory)
        ->needs(own);
    command->add_option("--own-core", settings.own_core, "The only core that it runs on")->needs(own);
    command->add_flag("--json", settings.json, "The figures as one line of JSON");
    command->callback([&settings] {
        if (settings.url.empty() == settings.own.empty())
            throw CLI::ValidationError("fanout", "give either URL or --own");
        if (settings.own == "beast" && (!settings.sync_in.empty() || settings.crowd.transport != "ws"))
            throw CLI::ValidationError("fanout", "--own beast speaks ws alone and makes nothing durable");
    });
    return command;
}

CLI::App* declare(CLI::App& app, IdleSettings& settings) {
    auto* command = app.add_subcommand("idle", "What many clients cost that only stay");
    command->add_option("URL", settings.url, "http://HOST:PORT; with a path: another server's stream")->required();
    add_crowd(*command, settings.crowd, all);
    add_in_range(*command, "--seconds", settings.seconds, "How long they stay", 0, 3'600);
    command->add_flag("--json", settings.json, "The figures as one line of JSON");
    return command;
}

CLI::App* declare(CLI::App& app, StallSettings& settings) {
    auto* command = app.add_subcommand(
        "stall", "All clients stop reading while changes arrive, then read again: memory, webhooks, and what they get");
    command->add_option("URL", settings.url, url_help)->required();
    add_crowd(*command, settings.crowd, stockcasts);
    add_in_range(*command, "--rate", settings.rate, "Webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--quiet", settings.quiet, "Seconds in which all read, to compare with", 1, 3'600);
    add_in_range(*command, "--stalled", settings.stalled, "Seconds in which none reads", 1, 3'600);
    add_in_range(*command, "--receive-buffer", settings.receive_buffer,
                 "Bytes that the kernel keeps for each client; 0: as many as it sees fit", 0, 1 << 30);
    add_notifications(*command, settings);
    return command;
}

CLI::App* declare(CLI::App& app, ResumeSettings& settings) {
    auto* command = app.add_subcommand("resume", "Many clients come back at once, beside others that are level");
    command->add_option("URL", settings.url, url_help)->required();
    add_crowd(*command, settings.crowd, stockcasts);
    add_in_range(*command, "--behind", settings.behind, "Changes that each has missed", 1, 1'000'000'000);
    add_in_range(*command, "--live", settings.live, "Further clients, level all the time", 1, 20'000);
    add_in_range(*command, "--rate", settings.rate, "Webhooks a second", 0.1, 1e5);
    add_in_range(*command, "--quiet", settings.quiet, "Seconds before, to compare with", 1, 3'600);
    add_notifications(*command, settings);
    return command;
}

}  // namespace stockcast::bench
