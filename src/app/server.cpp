#include "app/server.hpp"

#include "app/descriptors.hpp"
#include "app/failure.hpp"
#include "app/secrets.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <boost/asio/post.hpp>

#include <cstdio>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

// Together below the 5 s that a stop may take (interface.md).
constexpr auto doors_patience = 2500ms;
constexpr auto last_word_patience = 750ms;
constexpr auto loops_patience = 1000ms;

std::string sync_completed_event(const SyncLog& run) {
    std::string event;
    JsonObjectWriter json{event};
    json.string("type", "sync_completed").string("company", run.company);
    write_sync_log_json(json.open("sync"), run);
    json.close();
    return event;
}

HttpLimits http_limits(const Settings& settings, Log& log) {
    HttpLimits limits;
    const auto descriptors = raise_descriptor_limit();
    limits.connections_max = affordable_connections(settings.max_connections, descriptors);
    if (limits.connections_max < settings.max_connections)
        log.warning(
            Mark::none,
            {"MAX_CONNECTIONS is {wanted}, but the system allows {files} open files: at most {taken} connections. "
             "Raise it with ulimit -n or LimitNOFILE=",
             "MAX_CONNECTIONS es {wanted}, pero el sistema permite {files} archivos abiertos: como máximo {taken} "
             "conexiones. Auméntelo con ulimit -n o LimitNOFILE="},
            {{"wanted", settings.max_connections}, {"files", descriptors}, {"taken", limits.connections_max}});
    limits.connections_per_address_max = settings.max_connections_per_address;
    limits.is_address_exempt = [proxies = settings.trusted_proxies](std::string_view address) {
        return proxies.contains(address);
    };
    return limits;
}

asio::awaitable<std::string> answering(std::string line) {
    co_return line;
}

}  // namespace

ServerParts machine_parts(const Settings& settings, Surrounds with) {
    ServerParts parts;
    parts.store = open_rocks_store({.directory = settings.data_dir, .log = &with.log}, with.random);
    if (settings.siigo_enabled)
        parts.to_siigo = make_connector(siigo_trust(settings), with.workers, with.clock, with.log);
    parts.ledger_driver = make_driver_thread();
    parts.ledger.company = settings.company;
    return parts;
}

Server::Server(const Settings& settings, Surrounds with, ServerParts parts)
    : settings_(settings),
      with_(with),
      store_(std::move(parts.store)),
      webhook_secrets_(load_webhook_secrets(settings, *store_, with.random)),
      jwt_(load_jwt_keys(settings, with.random)),
      stopping_(with.executor),
      ledger_(
          *store_, std::move(parts.ledger), with.executor, with.clock, with.random, with.log,
          [this] {
              failed_ = true;
              monitor_.store_failed();
              stop();
          },
          std::move(parts.ledger_driver)),
      broadcaster_(with.executor, *store_, with.readers, with.clock, with.log, ledger_.status().epoch,
                   ledger_.status().head, ledger_.status().head_hash, parts.streams),
      monitor_(settings, with, ledger_, broadcaster_),
      no_siigo_({*store_, with.workers, settings.company}),
      api_({.company = settings.company,
            .webhook_secrets = {webhook_secrets_.present, webhook_secrets_.former},
            .cors_origins = settings.cors_origins,
            .version = STOCKCAST_VERSION,
            .stream_public = settings.stream_public,
            .secure = !settings.tls_cert_file.empty(),
            .rate_limit_api = settings.rate_limit_api,
            .rate_limit_open = settings.rate_limit_open,
            .trusted_proxies = settings.trusted_proxies},
           jwt_,
           {.ledger = ledger_,
            .store = *store_,
            .broadcaster = broadcaster_,
            .upstream = join_upstream(std::move(parts.to_siigo)),
            .workers = with.workers,
            .readers = with.readers,
            .clock = with.clock,
            .random = with.random,
            .log = with.log,
            .alerts = with.alerts,
            .metrics = with.metrics}),
      certificate_(CertificateWatch::make(settings, with)),
      http_(std::make_unique<HttpServer>(with.executor, ListenAddress{settings.host, settings.port},
                                         http_limits(settings, with.log), api_,
                                         certificate_ ? certificate_->context() : nullptr, with.clock, with.log)),
      retention_({settings.log_retention, settings.changes_retention}, ledger_, *store_, with.workers, with.clock,
                 with.log),
      rotation_(settings_, webhook_secrets_, api_.webhook_secrets(), siigo_.get(), ledger_, with),
      control_(with.executor, settings.data_dir, commands(), ledger_, with.workers, with.clock, with.log),
      loops_(with.executor, with.clock, with.log),
      doors_(with.executor, with.clock, with.log) {
    // Notifications were refused meanwhile, and nobody knows whether SIIGO sends them again.
    if (siigo_) monitor_.on_writable_again([this] { siigo_->ask_now(); });
    with.metrics.gauge("stockcast_http_connections", "Connections that are open, streams included.", {},
                       [this] { return static_cast<double>(http_->connections()); });
}

Server::~Server() = default;

Upstream& Server::join_upstream(std::unique_ptr<Connector> to_siigo) {
    ledger_.on_commit([this](const CommitNotice& notice) { broadcaster_.publish(notice); });
    if (!settings_.siigo_enabled) return no_siigo_;
    const auto finished = [this](const SyncLog& run) {
        monitor_.sync_finished(run);
        if (run.outcome == SyncOutcome::completed) broadcaster_.announce(sync_completed_event(run));
    };
    siigo_ = std::make_unique<SiigoUpstream>(settings_, webhook_secrets_.present, std::move(to_siigo), ledger_, *store_,
                                             with_, finished);
    return *siigo_;
}

std::map<std::string, ControlSocket::Command> Server::commands() {
    if (siigo_)
        upstream_check_.emplace(settings_.company, siigo_->client(), *store_, with_.workers, with_.clock, loops_);
    const auto answer = [this](auto ask) -> ControlSocket::Command {
        return [this, ask](std::string argument) {
            return answering(upstream_check_ ? ask(*upstream_check_, argument) : "error SIIGO_ENABLED=false");
        };
    };
    return {
        {"upstream-check", answer([](UpstreamService& service, const std::string&) { return service.start(); })},
        {"upstream-progress", answer([](UpstreamService& service, const std::string&) { return service.progress(); })},
        {"upstream-difference",
         answer([](UpstreamService& service, const std::string& n) { return service.difference(n); })},
        {"rotate-secret", [this](std::string) { return rotation_.rotate(); }},
        {"retire-secret", [this](std::string) { return rotation_.retire(); }}};
}

std::string Server::address() const {
    const bool v6 = settings_.host.find(':') != std::string::npos;
    return (certificate_ ? "https://" : "http://") + (v6 ? "[" + settings_.host + "]" : settings_.host) + ":" +
           std::to_string(port());
}

void Server::stop() {
    stop_asked_ = true;
    stopping_.notify_all();
}

asio::awaitable<int> Server::run() {
    doors_.spawn("listen", http_->run(doors_));
    doors_.spawn("control", control_.run(doors_));
    doors_.spawn("streams", broadcaster_.run());
    loops_.spawn("retention", must_run("retention", retention_.run()));
    loops_.spawn("api", must_run("api", api_.run()));
    loops_.spawn("rotation", must_run("rotation", rotation_.run()));
    const auto lasting = [this](std::string name, asio::awaitable<void> loop) {
        return must_run(std::move(name), std::move(loop));
    };
    monitor_.spawn_loops(loops_, lasting);
    if (siigo_) siigo_->spawn_loops(loops_, lasting);
    if (certificate_) loops_.spawn("certificate", must_run("certificate", certificate_->run()));

    // Scripts wait for these very words, in every language and at every level.
    if (with_.log.wants(LogLevel::info))
        with_.log.info(Mark::success,
                       {"stockcast {version} is listening on {address}", "stockcast {version}: listening on {address}"},
                       {{"version", STOCKCAST_VERSION}, {"address", address()}});
    else
        std::printf("listening on %s\n", address().c_str()), std::fflush(stdout);

    while (!stop_asked_)
        if (const auto woken = co_await stopping_.wait(); !woken) break;

    with_.log.info(Mark::none, {"Stopping", "Deteniendo"});
    co_await doors_.wind_down(doors_patience);  // no new work; sessions say goodbye
    if (failed_) co_await monitor_.have_last_word(last_word_patience);
    co_await loops_.wind_down(loops_patience);  // then what feeds the ledger
    co_await ledger_.drain();                   // last: what was accepted is on disk
    co_return failed_ ? 1 : 0;
}

asio::awaitable<void> Server::must_run(std::string name, asio::awaitable<void> loop) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    std::string reason = "it returned";
    try {
        co_await std::move(loop);
    } catch (const std::exception& thrown) {
        reason = thrown.what();
    }
    if (stop_asked_) co_return;
    with_.log.error({"The {name} loop ended while serving: {reason}. Stopping; start the server again",
                     "El ciclo {name} terminó durante el servicio: {reason}. Se detiene; inicie el servidor de nuevo"},
                    {{"name", name}, {"reason", reason}});
    failed_ = true;
    stop();
}

void Server::reload_certificate() {
    if (certificate_) certificate_->reload();
}

}  // namespace stockcast
