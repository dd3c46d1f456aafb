// stockcast-replay: sends recorded webhooks again, oldest first, with their original bytes.
#include "stockcast_replay.hpp"

#include "tool.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/store/offline.hpp"

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

namespace {

using namespace stockcast;
using namespace stockcast::replay;

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

CLI::Validator speed(Language language) {
    return CLI::Validator(
        [language](const std::string& text) {
            if (text == "max" || parse_speed(text)) return std::string{};
            return text + in_language({" is neither max nor a number above 0", " no es max ni un número mayor que 0"},
                                      language);
        },
        "");
}

/// The address is not repeated in the message: its last part is the secret.
CLI::Validator url(Language language) {
    return CLI::Validator(
        [language](const std::string& text) {
            if (HttpUrl::parse(text)) return std::string{};
            return in_language({"URL is no http:// or https:// address", "URL no es una dirección http:// o https://"},
                               language);
        },
        "");
}

void declare(Declaration& options, Language language, Arguments& arguments) {
    options
        .option("SOURCE", arguments.source, "SOURCE",
                {"Output of stockcast-dump (JSON Lines), a DATA_DIR (also while its server runs), or a backup",
                 "Salida de stockcast-dump (JSON Lines), un DATA_DIR (también con su servidor en marcha) o una copia"})
        ->required();
    options
        .option("URL", arguments.url, "URL",
                {"Where to: https://HOST/api/webhooks/receive/SECRET",
                 "A dónde: https://HOST/api/webhooks/receive/SECRETO"})
        ->required()
        ->check(url(language));
    options
        .option("--speed", arguments.speed, "1|10|max",
                {"N times the recorded pace, or as fast as they are answered",
                 "N veces el ritmo registrado, o tan rápido como respondan"})
        ->check(speed(language))
        ->capture_default_str();
    options
        .option("--from", arguments.from, "T",
                {"First time of arrival (2025-01-20, 2025-01-20T10:30:00Z), itself included",
                 "Primera fecha de llegada (2025-01-20, 2025-01-20T10:30:00Z), incluida"})
        ->check(tool::time(language));
    options
        .option("--to", arguments.to, "T",
                {"Last time of arrival, itself included", "Última fecha de llegada, incluida"})
        ->check(tool::time(language));
    options.option("--topic", arguments.filter.topic, "TOPIC",
                   {"Only this topic, or those that end so: products.stock.update",
                    "Solo este tema, o los que terminan así: products.stock.update"});
    options.option("--product", arguments.filter.product, "ID|CODE",
                   {"Only this product: SIIGO's id, or a code", "Solo este producto: el id de SIIGO, o un código"});
    options.option("--ca-file", arguments.ca_file, "FILE",
                   {"PEM file trusted for URL instead of the system's store",
                    "Archivo PEM en el que se confía para URL en vez del del sistema"});
    options.details(
        {"They carry the header X-Stockcast-Replay: 1, so that the server marks what follows from them as replayed.\n"
         "Tests and entries that were put through again are left out: SIIGO did not send them.\n"
         "Exit codes: 0 all were taken, 1 any was refused or not answered, or SOURCE can't be read, 2 wrong usage.",
         "Llevan el encabezado X-Stockcast-Replay: 1, para que el servidor marque lo que causen como repetido.\n"
         "Las pruebas y lo que se procesó de nuevo quedan fuera: no lo envió SIIGO.\n"
         "Salida: 0 todas aceptadas, 1 alguna rechazada o sin respuesta, o SOURCE no se puede leer, 2 mal uso."});
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

int replay_all(const Arguments& arguments) {
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
    return sent.all_taken() ? tool::done : tool::failed;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    return tool::run(
        "stockcast-replay",
        {"Sends recorded webhooks again, oldest first, with their original bytes",
         "Envía de nuevo los webhooks registrados, del más antiguo al más nuevo, con sus bytes originales"},
        argc, argv, [&](Declaration& options, Language language) { declare(options, language, arguments); },
        [&] {
            if (!arguments.from.empty()) arguments.filter.from = *Instant::parse(arguments.from);
            if (!arguments.to.empty()) arguments.filter.to = *Instant::parse(arguments.to);
            return replay_all(arguments);
        });
}
