// The commands of `stockcast`, an entry each. To add one: an entry here, its options in CommandArguments, its work in a file of
// its own.
#include "app/command_table.hpp"

#include "app/setting_table.hpp"

#include "stockcast/app/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

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
    const auto& [role, ttl_text, subject] =
        std::tie(invocation.arguments.role, invocation.arguments.ttl, invocation.arguments.subject);
    const auto ttl = parse_duration(ttl_text);
    constexpr std::chrono::hours longest{24 * 3650};
    if (!ttl || *ttl < std::chrono::seconds{1} || *ttl > longest) {
        say({"--ttl=" + ttl_text + " is not accepted; it takes: 1s to 3650d, such as 12h or 30d",
             "--ttl=" + ttl_text + " no es válido; se acepta: 1s a 3650d, como 12h o 30d"},
            invocation.language);
        return 2;
    }
    return print_token(*settings, role, *ttl, subject);
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
}

int run_man(const Invocation& invocation) {
    const auto& program = invocation.program;
    const auto* command =
        invocation.arguments.page.empty() ? nullptr : program.get_subcommand(invocation.arguments.page);
    std::vector<ManualSection> more;
    if (!command) more.push_back(settings_section(invocation.language));
    std::fputs(manual_page(program, command, invocation.language, more).c_str(), stdout);
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
    {"verify",
     {"Check every invariant of the store, also while the server runs",
      "Revisa todo el almacén, también con el servidor en marcha"},
     {"Checksums of all files and values; the change log without a gap; its changes give exactly the products held; "
      "their\n"
      "histories, causes, codes and counters. Exit 1 if anything differs.",
      "Sumas de verificación de archivos y valores; el registro de cambios sin huecos; de sus cambios resultan los\n"
      "productos; sus historias, causas, códigos y contadores. Sale con 1 si algo difiere."},
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
