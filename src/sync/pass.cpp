#include "sync/pass.hpp"

#include "sync/reconcile.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <iterator>

namespace stockcast {
namespace {

constexpr std::size_t ids_a_request = 20;  // SIIGO's bound for `ids=` (siigo-api.md)
constexpr std::size_t slice_products = 4'096;
constexpr std::chrono::seconds progress_every{30};

}  // namespace

Pass::Pass(PassParts parts, SyncKind kind, Source source, std::optional<Instant> updated_start, bool mirror_complete)
    : parts_(parts),
      updated_start_(updated_start),
      mirror_complete_(mirror_complete),
      began_tick_(parts.ledger.tick()),
      began_(parts.clock.now()),
      told_at_(began_),
      walk_(kind, parts.settings.batch_size) {
    log_.id = parts.ledger.new_log_id();
    log_.company = parts.settings.company;
    log_.kind = kind;
    log_.source = source;
    log_.started_at = parts.clock.wall();
}

asio::awaitable<Result<void>> Pass::go_on(SyncState& state) {
    log_.outcome = SyncOutcome::running;
    log_.finished_at.reset();
    log_.error.clear();
    if (broke_off_) walk_.step_back();
    broke_off_ = true;  // until the end is reached

    if (phase_ == Phase::fresh) {
        if (auto opened = co_await open(state); !opened) co_return opened;
        phase_ = Phase::walking;
    }
    if (phase_ == Phase::walking) {
        if (auto walked = co_await walk(); !walked) co_return walked;
        // An incremental listing leaves out what did not change: it says nothing of what is gone.
        phase_ = kind() == SyncKind::full ? Phase::looking : Phase::closing;
    }
    if (phase_ == Phase::looking) {
        if (auto looked = co_await look_for_missing(state.suspects); !looked) co_return looked;
        phase_ = Phase::confirming;
    }
    if (phase_ == Phase::confirming) {
        if (auto confirmed = co_await confirm_missing(); !confirmed) co_return confirmed;
        phase_ = Phase::closing;
    }
    if (phase_ == Phase::closing) {
        if (auto closed = co_await close(state); !closed) co_return closed;
        phase_ = Phase::over;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::open(SyncState& state) {
    auto next = state;
    next.open_run = log_.id;
    Submission submission;
    submission.records.put(Family::sync_logs, keys::log(log_.company, log_.id), records::encode(log_));
    submission.records.put(Family::meta, keys::sync_state(log_.company), encode(next));
    const auto done = co_await parts_.ledger.apply(std::move(submission));
    if (!done) co_return done.error();
    state = std::move(next);
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::walk() {
    while (const auto page = walk_.next_page()) {
        if (auto taken = co_await take_page(*page); !taken) co_return taken;
        tell_progress();
    }
    if (const auto unseen = walk_.shortfall(); unseen > 0)
        parts_.log.warning(Mark::sync,
                           {"SIIGO counts {total} products but listed {unseen} fewer",
                            "SIIGO cuenta {total} productos, pero listó {unseen} menos"},
                           {{"total", *walk_.total()}, {"unseen", unseen}});
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::take_page(unsigned number) {
    siigo::ProductQuery query;
    query.page = number;
    query.page_size = parts_.settings.batch_size;
    query.updated_start = updated_start_;
    auto answer = co_await parts_.client.list_products(query, when_sent());
    if (!answer) co_return answer.error();

    for (const auto& reason : answer->unreadable)
        parts_.log.warning(Mark::sync,
                           {"A product on page {page} can't be read: {reason}",
                            "Un producto de la página {page} no se puede leer: {reason}"},
                           {{"page", number}, {"reason", reason}});

    PageTaken page;
    page.rows = answer->rows_total;
    page.total = answer->total_results;
    std::vector<Observation> observations;
    observations.reserve(answer->rows.size());
    for (auto& row : answer->rows) {
        page.ids.push_back(row.product);
        observations.push_back(made_ours(std::move(row), Origin::page));
    }
    ++log_.pages;
    log_.seen += page.rows;
    const auto done = co_await commit(std::move(observations));
    if (!done) co_return done.error();
    count(*done, done->outcomes.size());
    walk_.take(page);  // only now: a page that was not committed is asked for again
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::look_for_missing(bool suspected_before) {
    std::vector<ProductId> missing;
    std::uint64_t held = 0;
    std::string from;
    do {
        // `this` and `from` stay put: offload can't be cancelled, and we wait for it here.
        auto look = [this, from] {
            return find_missing(parts_.store, log_.company, from, walk_.seen(), began_tick_, slice_products);
        };
        auto slice = co_await offload(parts_.workers, look);
        if (!slice) co_return slice.error();
        missing.insert(missing.end(), slice->missing.begin(), slice->missing.end());
        held += slice->held;
        from = std::move(slice->next);
    } while (!from.empty());

    std::vector<ProductId> suspected;
    if (suspected_before) {
        auto look = [this] { return parts_.store.get(Family::meta, suspects_key(log_.company)); };
        const auto kept = co_await offload(parts_.workers, look);
        if (!kept) co_return kept.error();
        if (*kept) {
            auto ids = decode_suspects(**kept);
            if (!ids) co_return ids.error();
            suspected = std::move(*ids);
        }
    }

    const auto missing_count = missing.size();
    auto verdict = judge_missing(held, std::move(missing), std::move(suspected));
    if (!verdict.suspects.empty())
        parts_.alerts.raise(AlertKind::mass_deletion, log_.company,
                            {"{count} of {held} products are missing at SIIGO: too many to believe at once, a "
                             "second full sync must say the same",
                             "Faltan {count} de {held} productos en SIIGO: demasiados para creerlo de una vez, "
                             "una segunda sincronización completa debe confirmarlo"},
                            {{"count", verdict.suspects.size()}, {"held", held}});
    else
        parts_.alerts.clear(AlertKind::mass_deletion, log_.company,
                            {"The full sync after it found {count} of {held} products missing",
                             "La sincronización completa siguiente halló {count} de {held} productos faltantes"},
                            {{"count", missing_count}, {"held", held}});
    if (verdict.many)
        parts_.log.warning(Mark::error,
                           {"{count} of {held} products are missing at SIIGO for the second time: those that it "
                            "does not know by id are now marked as deleted",
                            "Faltan {count} de {held} productos en SIIGO por segunda vez: los que no conozca por "
                            "su id quedan marcados como eliminados"},
                           {{"count", missing_count}, {"held", held}});
    to_confirm_ = std::move(verdict.confirm);
    suspects_ = std::move(verdict.suspects);
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::confirm_missing() {
    while (!to_confirm_.empty()) {
        const auto many = to_confirm_.size() - alone_;  // those at the front go together
        const auto take = many > 0 ? std::min(many, ids_a_request) : std::size_t{1};
        std::vector<ProductId> ids{to_confirm_.begin(), to_confirm_.begin() + static_cast<std::ptrdiff_t>(take)};
        if (auto confirmed = co_await confirm(std::move(ids)); !confirmed) co_return confirmed;
        tell_progress();
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::confirm(std::vector<ProductId> ids) {
    const auto asked = ids.size();
    auto answer = co_await parts_.client.get_products(ids, siigo::Purpose::sync, when_sent());
    if (!answer) co_return answer.error();

    const auto absent = absences(ids, *answer);
    std::vector<Observation> observations;
    for (auto& row : answer->rows) {
        if (std::find(ids.begin(), ids.end(), row.product) == ids.end()) continue;  // not asked for: not a read of it
        std::erase(ids, row.product);
        observations.push_back(made_ours(std::move(row), Origin::read));
    }
    const auto found = observations.size();
    for (const auto& id : absent.gone) {
        std::erase(ids, id);
        Observation gone;
        gone.product = id;
        observations.push_back(made_ours(std::move(gone), Origin::absence));
    }
    const auto done = co_await commit(std::move(observations));
    if (!done) co_return done.error();
    count(*done, found);

    // `ids` holds what stayed unclear: asked for alone next, or, if it was alone, there but unreadable, so not gone.
    to_confirm_.erase(to_confirm_.begin(), to_confirm_.begin() + static_cast<std::ptrdiff_t>(asked));
    alone_ = std::min(alone_, to_confirm_.size());
    if (asked > 1) {
        alone_ += ids.size();
        to_confirm_.insert(to_confirm_.end(), ids.begin(), ids.end());
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::close(SyncState& state) {
    const auto now = parts_.clock.wall();
    auto closed = log_;
    closed.outcome = SyncOutcome::completed;
    closed.finished_at = now;

    auto next = state;
    next.open_run = LogId{};
    next.last_completed = now;
    next.last_started = log_.started_at;
    if (kind() == SyncKind::full) {
        if (!next.first_completed) next.first_completed = now;
        next.last_full_started = log_.started_at;
        next.suspects = !suspects_.empty();
    }

    Submission submission;
    submission.records.put(Family::sync_logs, keys::log(log_.company, log_.id), records::encode(closed));
    submission.records.put(Family::meta, keys::sync_state(log_.company), encode(next));
    if (next.suspects && !suspects_.empty())
        submission.records.put(Family::meta, suspects_key(log_.company), encode_suspects(suspects_));
    else if (state.suspects && !next.suspects)
        submission.records.erase(Family::meta, suspects_key(log_.company));
    const auto done = co_await parts_.ledger.apply(std::move(submission));
    if (!done) co_return done.error();
    log_ = std::move(closed);
    state = std::move(next);
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Pass::record_failure(std::string error) {
    log_.outcome = SyncOutcome::failed;
    log_.error = std::move(error);
    log_.finished_at = parts_.clock.wall();
    if (phase_ == Phase::fresh) co_return Result<void>{};  // it was never written down: the store itself is the trouble
    const auto done = co_await commit({});
    if (!done) co_return done.error();
    co_return Result<void>{};
}

/// The run's record goes with every step, so that what is listed of it is as durable as its rows.
asio::awaitable<Result<Commit>> Pass::commit(std::vector<Observation> observations) {
    Submission submission;
    submission.observations = std::move(observations);
    submission.records.put(Family::sync_logs, keys::log(log_.company, log_.id), records::encode(log_));
    co_return co_await parts_.ledger.apply(std::move(submission));
}

/// What a page says was true at some moment after its request left, so that is when it counts as seen: a webhook that
/// arrives while the answer is under way is the newer of the two.
std::function<void()> Pass::when_sent() {
    sent_tick_ = parts_.ledger.tick();
    sent_at_ = parts_.clock.wall();
    return [this] {
        ++log_.requests;
        sent_tick_ = parts_.ledger.tick();
        sent_at_ = parts_.clock.wall();
    };
}

Observation Pass::made_ours(Observation row, Origin origin) const {
    row.company = log_.company;
    row.origin = origin;
    row.source = log_.source;
    row.cause = log_.id;
    row.seen = sent_tick_;
    row.seen_at = sent_at_;
    row.mirror_was_complete = mirror_complete_;
    return row;
}

void Pass::count(const Commit& commit, std::size_t found) {
    for (std::size_t i = 0; i < commit.outcomes.size(); ++i) {
        const auto& outcome = commit.outcomes[i];
        if (!outcome.changed) continue;
        log_.unannounced += outcome.unannounced;
        if (i >= found) {
            ++log_.deleted;
            continue;
        }
        ++(outcome.created ? log_.created : log_.updated);
    }
}

void Pass::tell_progress() {
    if (parts_.clock.now() - told_at_ < progress_every) return;
    told_at_ = parts_.clock.now();
    parts_.log.info(Mark::sync,
                    {"Sync goes on: {seen} of {total} products, {requests} requests",
                     "La sincronización sigue: {seen} de {total} productos, {requests} peticiones"},
                    {{"seen", walk_.seen().size()},
                     {"total", walk_.total().value_or(walk_.seen().size())},
                     {"requests", log_.requests}});
}

}  // namespace stockcast
