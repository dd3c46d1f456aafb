// `stockcast setup`: the activation in one go. It asks a server for each step over HTTP on loopback: the one that runs,
// or, where none does, one of its own that ends with it. Run again it changes nothing.
#include "app/activation.hpp"
#include "app/failure.hpp"
#include "app/secrets.hpp"
#include "app/server.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/offline.hpp"
#include "stockcast/store/records.hpp"

#include <fstream>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

/// Signed here, or, where only the public key is here, the one that was handed over.
std::string admin_token(const JwtKeys& keys, const std::string& token_file, Clock& clock) {
    if (!token_file.empty()) {
        std::ifstream in{token_file};
        std::string token;
        if (in >> token) return token;
        throw Failure{"--token-file " + token_file + " can't be read",
                      "--token-file " + token_file + " no se puede leer"};
    }
    const auto now = clock.wall();
    const auto token = keys.sign(Role::admin, "setup", now, now + 24h);
    if (!token)
        throw Failure{
            "JWT_PUBLIC_KEY_FILE is set, so setup can't sign a token: name a file that holds an admin's with "
            "--token-file",
            "JWT_PUBLIC_KEY_FILE está definida y setup no puede firmar un token: indique un archivo con el de "
            "un admin con --token-file"};
    return *token;
}

/// The secret of a server that runs: its own setting, else what its store keeps.
std::string webhook_secret_of_running(const Settings& settings, Random& random) {
    if (settings.webhook_secret) return *settings.webhook_secret;
    OfflineStore copy{settings.data_dir, random};
    const auto kept = copy.store().get(Family::meta, keys::webhook_secret);
    if (kept && *kept)
        if (const auto secret = records::decode_text(**kept)) return *secret;
    throw Failure{"The store holds no webhook secret: start the server once with it",
                  "El almacén no tiene el secreto del webhook: inicie una vez el servidor con él"};
}

bool is_served(const Settings& settings, Process& process, Log& log) {
    if (settings.port == 0) return false;
    LocalServer server{settings, settings.port, process.workers, process.clock, log};
    const auto answer = run_to_end(process, server.ask("GET", "/healthz", "", 5s));
    return answer && answer->status == 200;
}

int drive_running_server(const Settings& settings, const std::string& token_file, Language language) {
    ReasonLog log{language};
    Process process{log};
    LocalServer server{settings, settings.port, process.workers, process.clock, log};
    print(Remark::good("A server runs at " + server.address() + "; setup asks it",
                       "Un servidor atiende en " + server.address() + "; setup le pregunta"),
          language);
    const auto outside = make_connector(std::make_shared<TlsClientContext>(""), process.workers, process.clock, log);
    auto token = admin_token(load_jwt_keys(settings, process.random), token_file, process.clock);
    auto secret = webhook_secret_of_running(settings, process.random);
    Activation activation{{settings, server, *outside, process, log, language}, std::move(token), std::move(secret)};
    return run_to_end(process, activation.run());
}

asio::awaitable<void> drive(Activation& activation, Server& server, int& outcome) {
    outcome = co_await activation.run();
    server.stop();
}

int drive_own_server(const Settings& settings, const std::string& token_file, Language language) {
    const auto server_log = open_console_log({LogLevel::error, settings.log_format, language});
    Process process{*server_log};
    Server server{settings, process.surrounds(), machine_parts(settings, process.surrounds())};
    print(Remark::good("No server runs yet: setup runs one until it is done",
                       "Todavía no hay servidor: setup usa uno propio hasta terminar"),
          language);
    ReasonLog log{language};
    LocalServer local{settings, server.port(), process.workers, process.clock, log};
    const auto outside = make_connector(std::make_shared<TlsClientContext>(""), process.workers, process.clock, log);
    auto token = admin_token(server.jwt(), token_file, process.clock);
    Activation activation{
        {settings, local, *outside, process, log, language}, std::move(token), server.webhook_secret()};
    int outcome = 1;
    const int ended = run_until_signalled(
        process, server, [&](TaskGroup& tasks) { tasks.spawn("setup", drive(activation, server, outcome)); });
    if (ended != 0 || outcome != 0) return 1;
    print(Remark::good("Now start the server: stockcast serve, or systemctl start stockcast",
                       "Ahora inicie el servidor: stockcast serve, o systemctl start stockcast"),
          language);
    return 0;
}

}  // namespace

int setup(const Settings& settings, const std::string& token_file, Language language) {
    bool served = false;
    {
        ReasonLog log{language};
        Process process{log};
        served = is_served(settings, process, log);
    }
    return served ? drive_running_server(settings, token_file, language)
                  : drive_own_server(settings, token_file, language);
}

}  // namespace stockcast
