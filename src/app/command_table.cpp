// The commands of `stockcast`, an entry each. To add one: an entry here, its options in CommandArguments, its work in a file of
// its own.
#include "app/command_table.hpp"

#include "app/failure.hpp"
#include "app/setting_table.hpp"

#include "stockcast/app/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <tuple>

namespace stockcast {
namespace {

std::unique_ptr<Log> console(const Settings& settings, Language language) {
    return open_console_log({settings.log_level, settings.log_format, language});
}

int run_serve(const Invocation& invocation) {
    const auto settings = settings_for(Needs::server, invocation);
    if (!settings) return 2;
    const auto log = console(*settings, invocation.language);
    return serve(*settings, *log);
}

int run_demo(const Invocation& invocation) {
    auto settings = settings_for(Needs::store, invocation);
    if (!settings) return 2;
    if (settings->host == Settings{}.host) settings->host = "127.0.0.1";
    const auto log = console(*settings, invocation.language);
    return demo(std::move(*settings), *log, invocation.language);
}

int run_check(const Invocation& invocation) {
    auto found = read_surroundings(invocation.arguments.env_file);
    auto checked = check_settings(found.source, Needs::server);
    checked.complaints.insert(checked.complaints.begin(), found.complaints.begin(), found.complaints.end());
    return check(std::move(checked), invocation.language);
}

void declare_setup(Declaration& options, CommandArguments& into) {
    options.option("--token-file", into.token_file, "FILE",
                   {"An admin's token, where JWT_PUBLIC_KEY_FILE is set and none can be signed here",
                    "El token de un admin, si JWT_PUBLIC_KEY_FILE está definida y aquí no se puede firmar"});
}

int run_setup(const Invocation& invocation) {
    const auto settings = settings_for(Needs::server, invocation);
    if (!settings) return 2;
    if (!settings->siigo_enabled) {
        say({"SIIGO_ENABLED=false: there is nothing to set up; remove it, or set it to true",
             "SIIGO_ENABLED=false: no hay nada que activar; quítela, o póngala en true"},
            invocation.language);
        return 2;
    }
    return setup(*settings, invocation.arguments.token_file, invocation.language);
}

/// A time that an option takes; nothing when it is none, which has then been told.
std::optional<std::chrono::milliseconds> time_of(const char* option, const std::string& text,
                                                 std::chrono::milliseconds longest, const char* accepted,
                                                 Language language) {
    const auto time = parse_duration(text);
    if (time && *time >= std::chrono::seconds{1} && *time <= longest) return time;
    const auto given = std::string{option} + "=" + text;
    say({given + " is not accepted; it takes: " + accepted, given + " no es válido; se acepta: " + accepted}, language);
    return std::nullopt;
}

void declare_health(Declaration& options, CommandArguments& into) {
    options
        .option("--timeout", into.timeout, "TIME", {"How long to wait for the answer", "Cuánto esperar la respuesta"})
        ->capture_default_str();
}

int run_health(const Invocation& invocation) {
    const auto settings = settings_for(Needs::store, invocation);
    if (!settings) return 2;
    const auto limit =
        time_of("--timeout", invocation.arguments.timeout, std::chrono::minutes{5}, "1s … 5m", invocation.language);
    if (!limit) return 2;
    if (settings->port == 0) {
        say({"PORT=0 lets the server choose a port that health can't know; set PORT",
             "Con PORT=0 el servidor elige un puerto que health no puede saber; defina PORT"},
            invocation.language);
        return 2;
    }
    return health(*settings, *limit, invocation.language);
}

void declare_token(Declaration& options, CommandArguments& into) {
    options
        .choice("--role", into.role, "ROLE", {"admin", "viewer"},
                {"What it may do: admin everything, viewer only read", "Qué permite: admin todo, viewer solo leer"})
        ->required();
    options.option("--ttl", into.ttl, "TIME", {"How long it holds, such as 12h or 30d", "Cuánto vale: 12h, 30d…"})
        ->capture_default_str();
    options
        .option("--subject", into.subject, "NAME",
                {"Whose it is; stands in logs", "De quién es; queda en los registros"})
        ->capture_default_str();
}

int run_token(const Invocation& invocation) {
    const auto settings = settings_for(Needs::store, invocation);
    if (!settings) return 2;
    const auto& arguments = invocation.arguments;
    const auto ttl = time_of("--ttl", arguments.ttl, std::chrono::hours{24 * 3650}, "1s … 3650d", invocation.language);
    return ttl ? print_token(*settings, arguments.role, *ttl, arguments.subject) : 2;
}

void declare_backup(Declaration& options, CommandArguments& into) {
    options
        .option("DIR", into.directory, "DIR",
                {"Where to: a directory that does not exist yet", "A dónde: un directorio que aún no exista"})
        ->required();
}

int run_backup(const Invocation& invocation) {
    const auto settings = settings_for(Needs::store, invocation);
    return settings ? backup(*settings, invocation.arguments.directory, invocation.language) : 2;
}

void declare_restore(Declaration& options, CommandArguments& into) {
    options
        .option("DIR", into.directory, "DIR",
                {"The backup: what `stockcast backup` made", "La copia: lo que hizo `stockcast backup`"})
        ->required();
    options.flag("--same-epoch", into.same_epoch,
                 {"Clients resume where they were (else they are told to read everything again)",
                  "Los clientes siguen donde estaban (si no, se les dice que lean todo de nuevo)"});
}

int run_restore(const Invocation& invocation) {
    const auto settings = settings_for(Needs::store, invocation);
    const auto& arguments = invocation.arguments;
    return settings ? restore(*settings, arguments.directory, arguments.same_epoch, invocation.language) : 2;
}

void declare_rebuild(Declaration& options, CommandArguments& into) {
    options.flag("--empty", into.empty,
                 {"Begin without the history, whatever is left of it", "Empezar sin la historia, quede lo que quede"});
}

int run_rebuild(const Invocation& invocation) {
    const auto settings = settings_for(Needs::store, invocation);
    return settings ? rebuild(*settings, invocation.arguments.empty, invocation.language) : 2;
}

void declare_verify(Declaration& options, CommandArguments& into) {
    options.flag("--upstream", into.upstream,
                 {"Also compare each product with SIIGO, within the quota, and list what differs",
                  "También compara cada producto con SIIGO, dentro de la cuota, y muestra lo que difiere"});
}

int run_verify(const Invocation& invocation) {
    const bool upstream = invocation.arguments.upstream;
    const auto settings = settings_for(upstream ? Needs::server : Needs::store, invocation);
    return settings ? verify(*settings, upstream, invocation.language) : 2;
}

void declare_rotate_secret(Declaration& options, CommandArguments& into) {
    options.flag("--retire", into.retire,
                 {"End the former address at once (it leaked, or nothing is subscribed here)",
                  "Termina la dirección anterior de inmediato (se filtró, o aquí no se suscribe nada)"});
}

int run_rotate_secret(const Invocation& invocation) {
    const auto settings = settings_for(Needs::store, invocation);
    if (!settings) return 2;
    return rotate_secret(*settings, invocation.arguments.retire, invocation.language);
}

void declare_completion(Declaration& options, CommandArguments& into) {
    options.choice("SHELL", into.shell, "SHELL", shell_names(), {"Whose script", "De cuál intérprete"})->required();
}

int run_completion(const Invocation& invocation) {
    std::fputs(completion_script(invocation.program, *shell_named(invocation.arguments.shell)).c_str(), stdout);
    return 0;
}

void declare_man(Declaration& options, CommandArguments& into) {
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    options.choice("COMMAND", into.page, "COMMAND", names,
                   {"Whose page; without it the program's own", "De cuál comando; sin él, la del programa"});
    options.option("--to", into.pages_directory, "DIR",
                   {"Write every page into this directory", "Escribe todas las páginas en este directorio"});
}

std::string page_of(const Invocation& invocation, const CLI::App* command) {
    std::vector<ManualSection> more;
    if (!command) more.push_back(settings_section(invocation.language));
    return manual_page(invocation.program, command, invocation.language, more);
}

void write_page(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out{file, std::ios::binary};
    if (!(out << text) || !out.flush())
        throw Failure{"Can't write " + file.string(), "No se puede escribir " + file.string()};
}

int run_man(const Invocation& invocation) {
    const auto& [page, directory] = std::tie(invocation.arguments.page, invocation.arguments.pages_directory);
    if (directory.empty()) {
        const auto* command = page.empty() ? nullptr : invocation.program.get_subcommand(page);
        std::fputs(page_of(invocation, command).c_str(), stdout);
        return 0;
    }
    const std::filesystem::path to{directory};
    std::filesystem::create_directories(to);
    write_page(to / "stockcast.1", page_of(invocation, nullptr));
    for (const auto& command : commands())
        write_page(to / (std::string{"stockcast-"} + command.name + ".1"),
                   page_of(invocation, invocation.program.get_subcommand(command.name)));
    return 0;
}

const Command table[] = {
    {"serve",
     {"The server (also what a bare `stockcast` does)", "El servidor (también lo que hace `stockcast` sin comando)"},
     {"As soon as it takes connections it prints a line with `listening on` and its address. SIGTERM and SIGINT stop "
      "it\n"
      "within 5 s; SIGHUP makes it read its certificate again.",
      "Apenas acepta conexiones imprime una línea con `listening on` y su dirección. SIGTERM y SIGINT lo detienen en\n"
      "menos de 5 s; con SIGHUP lee de nuevo su certificado."},
     nullptr,
     run_serve},
    {"demo",
     {"The server against a built-in SIIGO simulator: no credentials, no configuration",
      "El servidor con un simulador de SIIGO incluido: sin credenciales ni configuración"},
     {"589 products, sales arriving as webhooks and some only by poll; the store is gone afterwards.",
      "589 productos, ventas que llegan por webhook y algunas solo por consulta; al final no queda nada."},
     nullptr,
     run_demo},
    {"check",
     {"Say what is wrong with the configuration and the surroundings",
      "Dice qué está mal en la configuración y el entorno"},
     {"A line each with its remedy: settings, DATA_DIR and its store, keys, certificate, HOST and PORT, SIIGO's answer "
      "to\n"
      "the credentials, WEBHOOK_BASE_URL from here. Changes nothing; may run beside the server. Exits with 0 only if "
      "the\n"
      "server would run.",
      "Una línea por cosa, con su remedio: variables, DATA_DIR y su almacén, llaves, certificado, HOST y PORT, la\n"
      "respuesta de SIIGO a las credenciales, WEBHOOK_BASE_URL desde aquí. No cambia nada; puede usarse junto al\n"
      "servidor. Termina con 0 solo si el servidor funcionaría."},
     nullptr,
     run_check},
    {"setup",
     {"Activate in one go: first sync, subscriptions, self-test",
      "Activa todo: primera sincronización, suscripciones, autoprueba"},
     {"Asks the server that runs, or one of its own that ends with it. Run again it changes nothing. The self-test "
      "sends a\n"
      "webhook without a figure through WEBHOOK_BASE_URL; its product is read from SIIGO again.",
      "Le pregunta al servidor que esté en marcha, o a uno propio que termina con él. Repetirlo no cambia nada. La\n"
      "autoprueba envía un webhook sin cantidad por WEBHOOK_BASE_URL; su producto se lee de nuevo en SIIGO."},
     declare_setup,
     run_setup},
    {"health",
     {"Ask whether the running server is ready", "Pregunta si el servidor en marcha está listo"},
     {"Its /readyz on HOST and PORT; with TLS it must show the certificate of TLS_CERT_FILE. Exits with 0 when it is "
      "ready,\n"
      "with 1 when it is not or does not answer: for containers and scripts.",
      "Su /readyz en HOST y PORT; con TLS debe mostrar el certificado de TLS_CERT_FILE. Termina con 0 si está listo y "
      "con\n"
      "1 si no lo está o no responde: para contenedores y guiones."},
     declare_health,
     run_health},
    {"token",
     {"Print a signed token", "Imprime un token firmado"},
     {"Standard output gets the token alone:\n\n  TOKEN=$(stockcast token --role viewer --ttl 30d)",
      "La salida estándar lleva solo el token:\n\n  TOKEN=$(stockcast token --role viewer --ttl 30d)"},
     declare_token,
     run_token},
    {"backup",
     {"A checked copy of the store, also while the server runs",
      "Una copia verificada del almacén, también con el servidor en marcha"},
     {"DIR is there once the copy is whole and has passed all that `verify` checks; an interrupted one leaves "
      "nothing.\n"
      "It holds secrets (jwt.key, the webhook's secret): keep it as safe as the server.",
      "DIR aparece cuando la copia está completa y pasó todo lo que revisa `verify`; una interrumpida no deja nada.\n"
      "Contiene secretos (jwt.key, el secreto del webhook): guárdela como al servidor."},
     declare_backup,
     run_backup},
    {"restore",
     {"Make a backup the store of an empty DATA_DIR", "Convierte una copia en el almacén de un DATA_DIR vacío"},
     {"seq and productId stay. Under the new epoch every client reads everything again, since what it was told after "
      "the\n"
      "backup is not in it. --same-epoch is for a backup that nothing followed, such as a move to another machine.",
      "seq y productId se conservan. Con la época nueva cada cliente lee todo de nuevo, pues lo que supo después de "
      "la\n"
      "copia no está en ella. --same-epoch es para una copia a la que nada siguió, como un traslado a otra máquina."},
     declare_restore,
     run_restore},
    {"rebuild",
     {"Make a damaged store usable again without a backup",
      "Vuelve a hacer utilizable un almacén dañado, sin una copia"},
     {"Keeps the history if a copy of it, cut before the damage if that is in its log, passes all that `verify`\n"
      "checks. The next start fetches the rest from SIIGO; under the new epoch every client reads everything again.\n"
      "What was there is moved into DATA_DIR/damaged-TIME. The server must not run.",
      "Conserva la historia si una copia de ella, cortada antes del daño si este está en su bitácora, pasa todo lo\n"
      "que revisa `verify`. El próximo inicio trae el resto de SIIGO; con la época nueva cada cliente lee todo de\n"
      "nuevo. Lo que había se mueve a DATA_DIR/damaged-FECHA. El servidor no debe estar en marcha."},
     declare_rebuild,
     run_rebuild},
    {"verify",
     {"Check every invariant of the store, also while the server runs",
      "Revisa todo el almacén, también con el servidor en marcha"},
     {"Checksums of all files and values; the change log without a gap, each change chained to the one before by its\n"
      "hash; its changes give exactly the products held; their histories, causes, codes and counters. Exit 1 if\n"
      "anything differs.",
      "Sumas de verificación de archivos y valores; el registro de cambios sin huecos, cada uno encadenado al "
      "anterior\n"
      "por su hash; de sus cambios resultan los productos; sus historias, causas, códigos y contadores. Sale con 1 si\n"
      "algo difiere."},
     declare_verify,
     run_verify},
    {"rotate-secret",
     {"Give SIIGO another webhook address", "Da a SIIGO otra dirección para los webhooks"},
     {"Makes a new secret, with both valid; the subscriptions get the new one. The former one is retired by itself "
      "when\n"
      "SIIGO has the new address and the old one was silent for 15 minutes. The server may run.",
      "Crea un secreto nuevo y ambos valen; las suscripciones reciben el nuevo. El anterior se retira solo cuando "
      "SIIGO\n"
      "tiene la dirección nueva y la vieja llevó 15 minutos en silencio. El servidor puede estar en marcha."},
     declare_rotate_secret,
     run_rotate_secret},
    {"completion",
     {"Print a completion script for your shell", "Imprime el guion de autocompletado de su intérprete"},
     {"  source <(stockcast completion bash)           in ~/.bashrc\n"
      "  source <(stockcast completion zsh)            in ~/.zshrc, after compinit\n"
      "  stockcast completion fish | source            in ~/.config/fish/config.fish",
      "  source <(stockcast completion bash)           en ~/.bashrc\n"
      "  source <(stockcast completion zsh)            en ~/.zshrc, después de compinit\n"
      "  stockcast completion fish | source            en ~/.config/fish/config.fish"},
     declare_completion,
     run_completion},
    {"man",
     {"Print a manual page", "Imprime una página del manual"},
     {"To read it: stockcast man | man -l -", "Para leerla: stockcast man | man -l -"},
     declare_man,
     run_man},
};

}  // namespace

std::span<const Command> commands() {
    return table;
}

}  // namespace stockcast
