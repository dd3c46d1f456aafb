// stockcast-replay: sends recorded webhooks again, oldest first, with their original bytes.
#include "stockcast_replay.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/store/offline.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>

#ifndef STOCKCAST_VERSION
#define STOCKCAST_VERSION "unknown"
#endif

namespace {

using namespace stockcast;
using namespace stockcast::replay;

constexpr int failed = 1;
constexpr int wrong_usage = 2;

struct Arguments {
    std::string source, url, speed = "max", from, to, ca_file;
    Filter filter;
};

std::optional<double> parse_speed(const std::string& text) {
    double value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value <= 0)
        return std::nullopt;
    return value;
}

void declare(CLI::App& app, Arguments& arguments) {
    const auto time = CLI::Validator(
        [](const std::string& text) { return Instant::parse(text) ? std::string{} : text + " is no time"; }, "TIME");
    const auto speed = CLI::Validator(
        [](const std::string& text) {
            return text == "max" || parse_speed(text) ? std::string{} : text + " is neither max nor a number above 0";
        },
        "max|N");
    const auto url = CLI::Validator(
        [](const std::string& text) {
            // Not repeated in the message: its last part is the secret.
            return HttpUrl::parse(text) ? std::string{} : std::string{"no http:// or https:// address"};
        },
        "URL");

    app.set_version_flag("--version", "stockcast-replay " STOCKCAST_VERSION);
    app.add_option("SOURCE", arguments.source, "Output of stockcast-dump (JSON Lines), a DATA_DIR, or a backup")
        ->required();
    app.add_option("URL", arguments.url, "Where to: https://HOST/api/webhooks/receive/SECRET")->required()->check(url);
    app.add_option("--speed", arguments.speed, "N times the recorded pace, or as fast as they are answered")
        ->check(speed)
        ->capture_default_str();
    app.add_option("--from", arguments.from,
                   "First time of arrival (2025-01-20, 2025-01-20T10:30:00Z), itself included")
        ->check(time);
    app.add_option("--to", arguments.to, "Last time of arrival, itself included")->check(time);
    app.add_option("--topic", arguments.filter.topic, "Only this topic, or those that end so: products.stock.update");
    app.add_option("--product", arguments.filter.product, "Only this product: SIIGO's id, or a code");
    app.add_option("--ca-file", arguments.ca_file, "PEM file trusted for URL instead of the system's store");
    app.footer(
        "They carry the header X-Stockcast-Replay: 1, so that the server marks what follows from them as replayed.\n"
        "Tests and entries that were put through again are left out: SIIGO did not send them.\n"
        "Exit codes: 0 all were taken, 1 any was refused or not answered, or SOURCE can't be read, 2 wrong usage.");
}

asio::awaitable<void> stop_at_signal(asio::signal_set& signals, asio::cancellation_signal& stop) {
    const auto [ec, signal] = co_await signals.async_wait(as_value);
    (void)signal;
    if (!ec) stop.emit(asio::cancellation_type::total);
}

/// Ends early, with what was sent so far, at SIGINT or SIGTERM.
Sent send(Recording& recording, const SendSettings& settings, const std::string& ca_file) {
    asio::io_context io{1};
    SystemClock clock;
    const auto log = open_console_log({LogLevel::warning, LogFormat::text, language_from_environment()});
    ThreadWorkers workers{1};
    const auto connector = make_connector(std::make_shared<TlsClientContext>(ca_file), workers, clock, *log);

    asio::signal_set signals{io, SIGINT, SIGTERM};
    asio::cancellation_signal stop;
    asio::co_spawn(io, stop_at_signal(signals, stop), [](std::exception_ptr) {});
    Sent sent;
    std::exception_ptr thrown;
    const auto done = [&](std::exception_ptr failure, Sent result) {
        thrown = failure;
        sent = std::move(result);
        signals.cancel();
    };
    asio::co_spawn(io, send_all(recording, settings, *connector, clock),
                   asio::bind_cancellation_slot(stop.slot(), done));
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return sent;
}

void print(const Sent& sent, double seconds) {
    std::uint64_t total = 0;
    for (const auto& [status, count] : sent.by_status) {
        total += count;
        if (status == 0)
            std::printf("no answer  %10llu\n", static_cast<unsigned long long>(count));
        else
            std::printf("%9u  %10llu\n", status, static_cast<unsigned long long>(count));
    }
    if (sent.left > 0) std::printf(" not sent  %10llu\n", static_cast<unsigned long long>(sent.left));
    std::printf("    total  %10llu in %.2f s (%.0f/s)\n", static_cast<unsigned long long>(total), seconds,
                seconds > 0 ? static_cast<double>(total) / seconds : 0.0);
}

int run(const Arguments& arguments) {
    SystemRandom random;
    std::unique_ptr<OfflineStore> offline;
    std::unique_ptr<Recording> recording;
    if (std::filesystem::is_directory(arguments.source)) {
        offline = std::make_unique<OfflineStore>(arguments.source, random);
        recording = open_store(offline->store(), arguments.filter);
    } else {
        recording = open_dump(arguments.source, arguments.filter);
    }
    SendSettings settings;
    settings.url = *HttpUrl::parse(arguments.url);
    settings.speed = parse_speed(arguments.speed);

    const SystemClock clock;
    const auto began = clock.now();
    const auto sent = send(*recording, settings, arguments.ca_file);
    print(sent, std::chrono::duration<double>(clock.now() - began).count());
    return sent.all_taken() ? 0 : failed;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        CLI::App app{"Sends recorded webhooks again, oldest first, with their original bytes.", "stockcast-replay"};
        Arguments arguments;
        declare(app, arguments);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app.exit(error) == 0 ? 0 : wrong_usage;
        }
        if (!arguments.from.empty()) arguments.filter.from = *Instant::parse(arguments.from);
        if (!arguments.to.empty()) arguments.filter.to = *Instant::parse(arguments.to);
        return run(arguments);
    } catch (const StoreRefused& refused) {
        const bool spanish = language_from_environment() == Language::spanish;
        std::cerr << "stockcast-replay: " << (spanish ? refused.spanish() : refused.what()) << '\n';
        return failed;
    } catch (const std::exception& error) {
        std::cerr << "stockcast-replay: " << error.what() << '\n';
        return failed;
    }
}
