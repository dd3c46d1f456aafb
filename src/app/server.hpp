#pragma once

#include "app/certificate.hpp"
#include "app/control_socket.hpp"
#include "app/monitor.hpp"
#include "app/retention.hpp"
#include "app/secret_rotation.hpp"
#include "app/upstream.hpp"
#include "app/upstream_service.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/base/driver.hpp"
#include "stockcast/base/event.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/fanout/broadcaster.hpp"
#include "stockcast/http/api.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_server.hpp"
#include "stockcast/store/store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace stockcast {

/// What a server stands on, and the bounds that it keeps: the machine's (machine_parts), or the simulation's.
struct ServerParts {
    std::unique_ptr<Store> store;
    std::unique_ptr<Connector> to_siigo;  ///< may be null with SIIGO_ENABLED=false
    std::unique_ptr<Driver> ledger_driver;
    LedgerSettings ledger;
    BroadcasterSettings streams;
};

/// The store in DATA_DIR, a thread, the network. Throws StoreRefused, Failure (SIIGO_CA_FILE can't be used).
ServerParts machine_parts(const Settings& settings, Surrounds with);

/// One whole server. Its members are the order of life, read from top to bottom: what stands below uses what stands
/// above and dies first. Everything runs on the one executor, but for the ledger's thread and the workers.
class Server {
public:
    /// Binds the address; no coroutine runs yet. Throws StoreRefused, Failure, std::system_error.
    Server(const Settings& settings, Surrounds with, ServerParts parts);
    ~Server();

    std::uint16_t port() const { return http_->port(); }
    /// Serves a connection that did not come through the listener: the simulation's network. None once it is stopping,
    /// when the listener takes none either.
    void adopt(std::unique_ptr<ByteStream> connection) {
        if (!stop_asked_) http_->adopt(std::move(connection), doors_);
    }
    std::string address() const;  ///< `http://127.0.0.1:5000`
    const std::string& webhook_secret() const { return webhook_secrets_.present; }
    const JwtKeys& jwt() const { return jwt_; }

    /// Serves until `stop()`, then ends doors, loops and ledger, in this order, within 5 s. Returns the exit code: 0,
    /// or 1 when the store failed.
    asio::awaitable<int> run();
    void stop();
    /// Reads the certificate again and takes it if it is good (SIGHUP).
    void reload_certificate();

private:
    /// Who hears of commits (fan-out first, then the fetcher), and what the API asks of SIIGO's side.
    Upstream& join_upstream(std::unique_ptr<Connector> to_siigo);
    /// What the control socket can be asked for: the comparison with SIIGO, the rotation of the webhook's secret.
    std::map<std::string, ControlSocket::Command> commands();
    /// Runs a loop that must not end while we serve. If a bug ends it, the server stops with 1: a mirror that silently no
    /// longer polls would be worse.
    asio::awaitable<void> must_run(std::string name, asio::awaitable<void> loop);

    Settings settings_;
    Surrounds with_;
    std::unique_ptr<Store> store_;
    WebhookSecretsHeld webhook_secrets_;  ///< as found at the start
    JwtKeys jwt_;
    Event stopping_;
    bool stop_asked_ = false;
    bool failed_ = false;  ///< the store, or a loop that must run: exit 1
    Ledger ledger_;
    Broadcaster broadcaster_;
    Monitor monitor_;
    std::unique_ptr<SiigoUpstream> siigo_;  ///< null: SIIGO_ENABLED=false
    NoUpstream no_siigo_;
    Api api_;
    std::unique_ptr<CertificateWatch> certificate_;  ///< null: plain HTTP
    std::unique_ptr<HttpServer> http_;
    Retention retention_;
    SecretRotation rotation_;
    std::optional<UpstreamService> upstream_check_;  ///< absent: SIIGO_ENABLED=false
    ControlSocket control_;
    TaskGroup loops_;
    TaskGroup doors_;
};

}  // namespace stockcast
