// stockcast-dump: prints a store as JSON Lines or CSV.
#include "stockcast_dump.hpp"

#include "tool.hpp"

#include "stockcast/base/random.hpp"
#include "stockcast/store/offline.hpp"

#include <filesystem>
#include <iostream>

namespace {

using namespace stockcast;
using namespace stockcast::dump;

struct Arguments {
    std::optional<std::string> data_dir;
    std::vector<std::string> families;
    std::string from;
    std::string to;
    std::string format = "jsonl";
};

std::string names_of_families() {
    std::string names;
    for (std::size_t i = 0; i < family_count; ++i)
        names += (names.empty() ? "" : ", ") + std::string{to_string(static_cast<Family>(i))};
    return names;
}

void declare(Declaration& options, Language language, Arguments& arguments) {
    options.option("DATA_DIR", arguments.data_dir, "DIR",
                   {"The store: a DATA_DIR (also while its server runs), or a backup (default: ./data)",
                    "El almacén: un DATA_DIR (también con su servidor en marcha) o una copia (por defecto: ./data)"});
    const auto english = "Only these families: " + names_of_families();
    const auto spanish = "Solo estas familias: " + names_of_families();
    options.option("--family", arguments.families, "NAME", {english, spanish});
    options
        .option("--from", arguments.from, "T|SEQ",
                {"First seq or time (2025-01-20, 2025-01-20T10:30:00Z), itself included",
                 "Primer seq o fecha (2025-01-20, 2025-01-20T10:30:00Z), incluido"})
        ->check(tool::time_or_seq(language));
    options
        .option("--to", arguments.to, "T|SEQ", {"Last seq or time, itself included", "Último seq o fecha, incluido"})
        ->check(tool::time_or_seq(language));
    options
        .choice("--format", arguments.format, "FORMAT", {"jsonl", "csv"},
                {"jsonl: an object a line; csv: one family's columns", "jsonl: un objeto por línea; csv: una familia"})
        ->capture_default_str();
    options.details(
        {"A seq bounds changes and product_changes; a time also webhook_logs, sync_logs and audit. Other families are\n"
         "printed whole. Payloads of webhook_logs are strings with their original bytes; where these are no UTF-8,\n"
         "payload is null and payload_base64 has them. Secrets are masked.\n"
         "Exit codes: 0 done, 1 the store can't be read or something in it is damaged, 2 wrong usage.",
         "Un seq limita changes y product_changes; una fecha también webhook_logs, sync_logs y audit. Las demás\n"
         "familias salen completas. Los cuerpos de webhook_logs son textos con sus bytes originales; si no son UTF-8,\n"
         "payload es null y van en payload_base64. Los secretos se ocultan.\n"
         "Salida: 0 hecho, 1 el almacén no se puede leer o algo en él está dañado, 2 mal uso."});
}

/// `--family` takes as many names as follow it, so a directory behind them is taken for one at first.
void set_families(Request& request, Arguments& arguments) {
    for (const auto& name : arguments.families) {
        if (const auto family = family_from(name)) {
            request.families.push_back(*family);
        } else if (!arguments.data_dir && std::filesystem::is_directory(name)) {
            arguments.data_dir = name;
        } else {
            throw CLI::ValidationError{"--family", name + " is none of " + names_of_families()};
        }
    }
}

/// What CLI11 can't check of single options.
Request request_of(Arguments& arguments) {
    Request request;
    set_families(request, arguments);
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

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    return tool::run(
        "stockcast-dump",
        {"Prints a stockcast store as JSON Lines or CSV", "Muestra un almacén de stockcast como JSON Lines o CSV"},
        argc, argv, [&](Declaration& options, Language language) { declare(options, language, arguments); },
        [&] {
            const auto request = request_of(arguments);
            SystemRandom random;
            OfflineStore offline{arguments.data_dir.value_or("./data"), random};
            return dump::dump(offline.store(), request, std::cout, std::cerr) ? tool::done : tool::failed;
        });
}
