// `stockcast demo`: the real server and the SIIGO simulator in one process, talking over real HTTP on loopback.
#include "app/failure.hpp"
#include "app/process.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/sim/simulator.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdlib.h>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

/// The store of one demo, gone with it.
class TemporaryDirectory {
public:
    TemporaryDirectory() : path_((std::filesystem::temp_directory_path() / "stockcast-demo-XXXXXX").string()) {
        if (!::mkdtemp(path_.data())) {
            const std::string reason = std::strerror(errno);
            throw Failure{"Can't make " + path_ + ": " + reason, "No se puede crear " + path_ + ": " + reason};
        }
    }
    ~TemporaryDirectory() {
        std::error_code ignored;  // what is left in /tmp harms nobody
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

sim::SimulatorSettings shop_day() {
    sim::SimulatorSettings shop;
    shop.products = 589;
    shop.sales_per_minute = 40;
    shop.unannounced_share = 0.15;
    return shop;
}

void say_how_to_watch(const Server& server, const std::string& token, Language language) {
    const bool spanish = language == Language::spanish;
    std::printf(
        "\n%s\n  %s/#token=%s\n%s\n  curl -N '%s/api/changes?since=0&limit=5' -H 'Authorization: Bearer %s'\n%s\n\n",
        spanish ? "Mire los cambios en vivo en:" : "Watch the changes live at:", server.address().c_str(),
        token.c_str(), spanish ? "o en la consola:" : "or in the console:", server.address().c_str(), token.c_str(),
        spanish ? "Ctrl+C termina la demostración." : "Ctrl+C ends the demo.");
    std::fflush(stdout);
}

}  // namespace

int demo(Settings settings, Log& log, Language language) {
    const TemporaryDirectory directory;
    Process process{log};
    auto trust = std::make_shared<TlsClientContext>("");
    const auto connector = make_connector(trust, process.workers, process.clock, log);
    sim::Simulator simulator{shop_day(), process.io.get_executor(), *connector, process.clock, process.random, log};

    settings.data_dir = directory.path();
    settings.siigo_enabled = true;
    settings.siigo_base_url = "http://127.0.0.1:" + std::to_string(simulator.port());
    settings.siigo_username = sim::SimulatorSettings{}.username;
    settings.siigo_access_key = sim::SimulatorSettings{}.access_key;
    settings.siigo_partner_id = "stockcastDemo";
    settings.siigo_ca_file.clear();
    settings.webhook_base_url.clear();
    settings.jwt_secret.reset();
    settings.jwt_public_key_file.clear();
    settings.sync_interval = 30s;  // so that a visitor sees the poll find what no webhook told

    Server server{settings, process.surrounds(), machine_parts(settings, process.surrounds())};
    const auto now = process.clock.wall();
    const auto token = server.jwt().sign(Role::admin, "demo", now, now + 24h);
    say_how_to_watch(server, token.value(), language);
    simulator.subscribe(server.address() + "/api/webhooks/receive/" + server.webhook_secret());
    return run_until_signalled(process, server,
                               [&](TaskGroup& tasks) { tasks.spawn("simulator", simulator.run(tasks)); });
}

}  // namespace stockcast
