#include "stockcast/sync/sync.hpp"

#include "sync/pass.hpp"
#include "sync/schedule.hpp"
#include "sync/state.hpp"
#include "sync/stopping.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/within.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <algorithm>

namespace stockcast {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds same_error_every{60};

Sentence started(SyncKind kind) {
    if (kind == SyncKind::full) return {"Full sync started", "Sincronización completa iniciada"};
    return {"Incremental sync started", "Sincronización incremental iniciada"};
}

Sentence finished_well(SyncKind kind) {
    if (kind == SyncKind::full)
        return {
            "Full sync finished in {ms} ms: products {seen}, requests {requests}, new {created}, changed {updated}, "
            "unannounced {unannounced}, deleted {deleted}",
            "Sincronización completa terminada en {ms} ms: productos {seen}, peticiones {requests}, nuevos {created}, "
            "cambiados {updated}, sin aviso {unannounced}, eliminados {deleted}"};
    return {
        "Incremental sync finished in {ms} ms: products {seen}, requests {requests}, new {created}, changed {updated}, "
        "unannounced {unannounced}",
        "Sincronización incremental terminada en {ms} ms: productos {seen}, peticiones {requests}, nuevos {created}, "
        "cambiados {updated}, sin aviso {unannounced}"};
}

Sentence broke_off(SyncKind kind) {
    if (kind == SyncKind::full)
        return {
            "Full sync broke off (pages {pages}, products {seen}): {error}; goes on in {seconds} s",
            "Sincronización completa interrumpida (páginas {pages}, productos {seen}): {error}; sigue en {seconds} s"};
    return {
        "Incremental sync broke off (pages {pages}, products {seen}): {error}; goes on in {seconds} s",
        "Sincronización incremental interrumpida (páginas {pages}, productos {seen}): {error}; sigue en {seconds} s"};
}

SyncState load_state(const Store& store, const std::string& company) {
    const auto kept = store.get(Family::meta, keys::sync_state(company));
    if (kept && !*kept) return {};
    auto state = kept ? decode_sync_state(**kept) : Result<SyncState>{kept.error()};
    if (!state)
        throw StoreRefused(StoreRefused::Reason::damaged,
                           "the record of past syncs can't be read: restore a backup, or start with an empty DATA_DIR",
                           "el registro de sincronizaciones no se puede leer: restaure una copia, o empiece con un "
                           "DATA_DIR vacío");
    return std::move(*state);
}

}  // namespace

struct Sync::Impl {
    Impl(SyncSettings sync_settings, siigo::Client& siigo_client, Ledger& the_ledger, Store& the_store,
         Workers& the_workers, asio::any_io_executor executor, Clock& the_clock, Random& the_random, Log& the_log,
         Alerts& the_alerts, std::function<void(const SyncLog&)> when_finished)
        : settings(std::move(sync_settings)),
          client(siigo_client),
          ledger(the_ledger),
          store(the_store),
          workers(the_workers),
          clock(the_clock),
          random(the_random),
          log(the_log),
          alerts(the_alerts),
          finished(std::move(when_finished)),
          wake(std::move(executor)),
          state(load_state(the_store, settings.company)) {}

    asio::awaitable<Result<void>> close_interrupted_run();
    asio::awaitable<bool> run_one();
    asio::awaitable<bool> attempt();
    asio::awaitable<bool> pause(milliseconds wait);
    asio::awaitable<Result<void>> asked_for();
    void begin(const DuePass& due);
    bool is_too_old(const Pass& broken) const;
    asio::awaitable<void> give_up();
    void report_finish();
    void report_failure(const std::string& error, milliseconds pause);
    std::string describe(const error_code& error) const;

    SyncSettings settings;
    siigo::Client& client;
    Ledger& ledger;
    Store& store;
    Workers& workers;
    Clock& clock;
    Random& random;
    Log& log;
    Alerts& alerts;
    std::function<void(const SyncLog&)> finished;
    Event wake;

    SyncState state;
    std::optional<SyncKind> requested;
    bool polls_now = false;            ///< whatever is waited for
    std::unique_ptr<Pass> pass;        ///< under way, or broken off and to be gone on with
    std::optional<Steady> last_start;  ///< of the last pass of this process
    unsigned failures = 0;             ///< in a row
    bool attempting = false;
    std::string last_error;
    std::optional<Steady> error_told_at;
};

Sync::Sync(SyncSettings settings, siigo::Client& client, Ledger& ledger, Store& store, Workers& workers,
           asio::any_io_executor executor, Clock& clock, Random& random, Log& log, Alerts& alerts,
           std::function<void(const SyncLog&)> finished)
    : impl_(std::make_unique<Impl>(std::move(settings), client, ledger, store, workers, std::move(executor), clock,
                                   random, log, alerts, std::move(finished))) {}
Sync::~Sync() = default;

asio::awaitable<void> Sync::run() {
    auto& self = *impl_;
    co_await hear_stop();
    if (const auto closed = co_await self.close_interrupted_run(); !closed)
        self.log.warning(Mark::sync,
                         {"The log of the sync that was interrupted can't be closed: {error}",
                          "No se pudo cerrar el registro de la sincronización interrumpida: {error}"},
                         {{"error", closed.error().message()}});
    for (;;) {
        // Named first: a condition with co_await in it is more than a reader should have to unpick.
        const bool goes_on = co_await self.run_one();
        if (!goes_on) co_return;
    }
}

/// A pass that the last process did not end, by a stop or a crash, is one that failed; what it committed stays.
asio::awaitable<Result<void>> Sync::Impl::close_interrupted_run() {
    if (state.open_run.is_none()) co_return Result<void>{};
    const auto key = keys::log(settings.company, state.open_run);
    auto look = [this, key] { return store.get(Family::sync_logs, key); };
    const auto kept = co_await offload(workers, look);
    if (!kept) co_return kept.error();

    auto next = state;
    next.open_run = LogId{};
    Submission submission;
    submission.records.put(Family::meta, keys::sync_state(settings.company), encode(next));
    if (*kept) {
        auto run = records::decode_sync_log(**kept);
        if (!run) co_return run.error();
        if (run->outcome != SyncOutcome::completed) {
            run->outcome = SyncOutcome::failed;
            if (run->error.empty()) run->error = "interrupted: the server stopped";
            if (!run->finished_at) run->finished_at = clock.wall();
            submission.records.put(Family::sync_logs, key, records::encode(*run));
        }
    }
    const auto done = co_await ledger.apply(std::move(submission));
    if (!done) co_return done.error();
    state = std::move(next);
    co_return Result<void>{};
}

/// Waits for what is due and does it. False: we are stopping.
asio::awaitable<bool> Sync::Impl::run_one() {
    if (co_await is_stopping()) co_return false;
    if (pass && (is_too_old(*pass) || (requested == SyncKind::full && pass->kind() != SyncKind::full)))
        co_await give_up();
    if (!pass) {
        std::optional<milliseconds> since_start;
        if (last_start && !polls_now) since_start = std::chrono::duration_cast<milliseconds>(clock.now() - *last_start);
        const auto due = next_pass(state, settings, clock.wall(), since_start, requested);
        if (due.wait > milliseconds{0}) {
            const bool goes_on = co_await pause(due.wait);
            co_return goes_on;
        }
        begin(due);
    }
    requested.reset();
    polls_now = false;
    const bool goes_on = co_await attempt();
    co_return goes_on;
}

/// Sleeps, or until someone asks for a sync. False: we are stopping.
asio::awaitable<bool> Sync::Impl::pause(milliseconds wait) {
    if (co_await is_stopping()) co_return false;
    const auto woken = co_await within(clock, clock.now() + wait, asked_for());
    co_return woken || woken.error() == Errc::timed_out;
}

/// Looks once more before it waits: a request may have come between the caller's look and the start of this task.
asio::awaitable<Result<void>> Sync::Impl::asked_for() {
    if (requested || polls_now) co_return Result<void>{};
    co_return co_await wake.wait();
}

void Sync::Impl::begin(const DuePass& due) {
    std::optional<Instant> from;
    if (due.kind == SyncKind::incremental) from = updated_start(state, settings, clock.wall());
    pass = std::make_unique<Pass>(PassParts{settings, client, ledger, store, workers, clock, log, alerts}, due.kind,
                                  due.source, from, state.first_completed.has_value());
    last_start = clock.now();
    // A quiet pass every few minutes is one line, at its end.
    const bool routine = due.kind == SyncKind::incremental && due.source == Source::scheduled_sync;
    log.write(routine ? LogLevel::debug : LogLevel::info, Mark::sync, started(due.kind));
}

/// True: go on with whatever is due next.
asio::awaitable<bool> Sync::Impl::attempt() {
    attempting = true;
    const auto done = co_await pass->go_on(state);
    attempting = false;
    if (done) {
        failures = 0;
        last_error.clear();
        report_finish();
        pass.reset();
        co_return true;
    }
    const auto stopping = co_await is_stopping();
    if (stopping || done.error() == Errc::stopping || done.error() == Errc::store_failed) co_return false;

    ++failures;
    const auto jitter = static_cast<double>(random.below(1'000)) / 1'000.0;
    const auto longest = longest_pause(client, settings.interval);
    const auto wait = resume_pause(failures, longest, client.wait_hint(), jitter);
    auto error = describe(done.error());
    const auto recorded = co_await pass->record_failure(error);
    if (!recorded) error += "; " + recorded.error().message();
    report_failure(error, wait);
    const bool goes_on = co_await pause(wait);
    co_return goes_on;
}

bool Sync::Impl::is_too_old(const Pass& broken) const {
    return clock.now() - broken.began() > resume_until;
}

asio::awaitable<void> Sync::Impl::give_up() {
    pass.reset();
    auto next = state;
    next.open_run = LogId{};
    Submission submission;
    submission.records.put(Family::meta, keys::sync_state(settings.company), encode(next));
    // Its log record says already that it failed; should this write fail, the next pass's first step replaces it.
    const auto done = co_await ledger.apply(std::move(submission));
    if (done) state = std::move(next);
}

void Sync::Impl::report_finish() {
    const auto& run = pass->log();
    const auto took = std::chrono::duration_cast<milliseconds>(*run.finished_at - run.started_at);
    log.info(Mark::sync, finished_well(run.kind),
             {{"seen", run.seen},
              {"requests", run.requests},
              {"created", run.created},
              {"updated", run.updated},
              {"unannounced", run.unannounced},
              {"deleted", run.deleted},
              {"ms", took.count()}});
    error_told_at.reset();
    if (finished) finished(run);
}

/// The same trouble every second would bury everything else: it is told again after a minute.
void Sync::Impl::report_failure(const std::string& error, milliseconds pause) {
    const bool told = error == last_error && error_told_at && clock.now() - *error_told_at < same_error_every;
    last_error = error;
    if (told) return;
    error_told_at = clock.now();
    const auto& run = pass->log();
    log.error(broke_off(run.kind), {{"pages", run.pages},
                                    {"seen", run.seen},
                                    {"error", error},
                                    {"seconds", std::chrono::ceil<std::chrono::seconds>(pause).count()}});
    if (finished) finished(run);
}

std::string Sync::Impl::describe(const error_code& error) const {
    auto text = error.message();
    if (const auto detail = client.status().detail; !detail.empty()) text += " (" + detail + ")";
    return text;
}

SyncRequest Sync::request(SyncKind kind) {
    auto& self = *impl_;
    if (self.attempting || self.requested) return SyncRequest::already_running;
    self.requested = kind;
    self.wake.notify_all();
    return SyncRequest::accepted;
}

void Sync::poll_now() {
    impl_->polls_now = true;
    impl_->wake.notify_all();
}

SyncStatus Sync::status() const {
    const auto& self = *impl_;
    SyncStatus status;
    status.running = self.attempting;
    status.first_completed = self.state.first_completed;
    status.last_completed = self.state.last_completed;
    status.last_error = self.last_error;
    if (self.attempting && self.pass) {
        status.seen = self.pass->log().seen;
        status.total = self.pass->total();
    }
    return status;
}

}  // namespace stockcast
