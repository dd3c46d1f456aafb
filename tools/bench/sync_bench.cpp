#include "bench/bench.hpp"
#include "bench/simulated_siigo.hpp"
#include "bench/table.hpp"
#include "bench/time.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/net/tls.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/rocks_store.hpp"
#include "stockcast/sync/sync.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <sys/resource.h>

namespace stockcast::bench {
namespace {

class LedgerJournal final : public siigo::ClientJournal {
public:
    explicit LedgerJournal(Ledger& ledger) : ledger_(ledger) {}
    asio::awaitable<Result<void>> save(std::string state) override {
        Submission submission;
        submission.records.put(Family::meta, keys::siigo_state("main"), std::move(state));
        const auto saved = co_await ledger_.apply(std::move(submission));
        if (!saved) co_return saved.error();
        co_return Result<void>{};
    }

private:
    Ledger& ledger_;
};

/// What the server does for its sync, and nothing else of it: store, ledger, client, sync.
class Mirror {
public:
    Mirror(const SyncBenchSettings& settings, const std::string& directory, std::uint16_t port)
        : log_(open_console_log({LogLevel::warning, LogFormat::text, language_from_environment()})),
          connector_(make_connector(std::make_shared<TlsClientContext>(""), workers_, clock_, *log_)),
          store_(open_rocks_store({.directory = directory}, random_)),
          ledger_(*store_, {}, io_.get_executor(), clock_, random_, *log_, [] {}),
          journal_(ledger_),
          client_(client_settings(settings, port), store_->get(Family::meta, keys::siigo_state("main"))->value_or(""),
                  journal_, *connector_, io_.get_executor(), clock_, random_, *log_),
          sync_({.batch_size = settings.batch_size}, client_, ledger_, *store_, workers_, io_.get_executor(), clock_,
                random_, *log_, alerts_, [this](const SyncLog& run) { finish(run); }),
          tasks_(io_.get_executor(), clock_, *log_) {}

    /// One pass, as the server's start makes it.
    SyncLog run_pass() {
        tasks_.spawn("sync", sync_.run());
        io_.run();
        if (!finished_) throw std::runtime_error("the sync ended without a result");
        return *finished_;
    }
    bool is_ready() const { return sync_.status().first_completed.has_value(); }
    std::uint64_t products() const { return ledger_.status().counters.products; }

    ~Mirror() {
        asio::co_spawn(io_, ledger_.drain(), [](std::exception_ptr) {});
        io_.restart();
        io_.run();
    }

private:
    static siigo::ClientSettings client_settings(const SyncBenchSettings& settings, std::uint16_t port) {
        siigo::ClientSettings client;
        client.base_url = "http://127.0.0.1:" + std::to_string(port);
        client.username = SimulatedSiigo::username;
        client.access_key = SimulatedSiigo::access_key;
        client.partner_id = "stockcastbench";
        client.requests_per_minute = settings.requests_per_minute;
        client.spacing = std::chrono::milliseconds{settings.spacing_ms};
        return client;
    }

    void finish(const SyncLog& run) {
        finished_ = run;
        asio::co_spawn(io_, tasks_.wind_down(std::chrono::seconds{1}), [](std::exception_ptr) {});
    }

    asio::io_context io_{1};
    SystemClock clock_;
    SystemRandom random_;
    std::unique_ptr<Log> log_;
    Alerts alerts_{clock_, *log_};
    ThreadWorkers workers_{1};
    std::unique_ptr<Connector> connector_;
    std::unique_ptr<Store> store_;
    Ledger ledger_;
    LedgerJournal journal_;
    siigo::Client client_;
    Sync sync_;
    TaskGroup tasks_;
    std::optional<SyncLog> finished_;
};

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        auto path = (std::filesystem::temp_directory_path() / "stockcast-bench-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = path;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

double peak_megabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void print_pass(const char* what, const SyncLog& run, std::chrono::duration<double> took) {
    std::printf("%-34s %8llu requests  %8llu rows  %9.2f s  %8.0f rows/s  %6.0f MB peak\n", what,
                static_cast<unsigned long long>(run.requests), static_cast<unsigned long long>(run.seen), took.count(),
                static_cast<double>(run.seen) / took.count(), peak_megabytes());
    if (!run.error.empty()) print_note(run.error);
}

}  // namespace

bool sync(const SyncBenchSettings& settings) {
    // First of all, while this process has neither threads nor memory that a child would inherit.
    const SimulatedSiigo siigo{settings.products, settings.requests_per_minute};
    std::optional<TemporaryDirectory> temporary;
    if (settings.directory.empty()) temporary.emplace();
    const auto directory = temporary ? temporary->path() : settings.directory;
    std::printf("%u products, %u a request, %u requests/min, %u ms apart\n\n", settings.products, settings.batch_size,
                settings.requests_per_minute, settings.spacing_ms);

    SyncLog first;
    {
        Mirror mirror{settings, directory, siigo.port()};
        const auto began = now();
        first = mirror.run_pass();
        print_pass("first full sync", first, now() - began);
        if (first.outcome != SyncOutcome::completed) return false;
        if (mirror.products() != settings.products) print_note("the store holds " + std::to_string(mirror.products()));
    }
    const auto reopened = now();
    Mirror mirror{settings, directory, siigo.port()};
    std::printf("%-34s %s\n", "opened again and ready after",
                mirror.is_ready() ? shown(now() - reopened).c_str() : "never");
    const auto began = now();
    const auto second = mirror.run_pass();
    print_pass("incremental sync at the restart", second, now() - began);
    return second.outcome == SyncOutcome::completed && mirror.is_ready();
}

}  // namespace stockcast::bench
