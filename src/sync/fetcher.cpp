#include "stockcast/sync/fetcher.hpp"

#include "sync/read_queue.hpp"
#include "sync/reconcile.hpp"
#include "sync/schedule.hpp"
#include "sync/stopping.hpp"
#include "sync/token_bucket.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/within.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace stockcast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t ids_a_request = 20;        // SIIGO's bound for `ids=` (siigo-api.md)
constexpr std::size_t unsorted_hints_max = 256;  // hints whose product was not looked up yet
constexpr std::size_t owed_slice = 1'000;
constexpr milliseconds gather{500};  // several notifications of one sale become one read; well within the 5 s promised
constexpr milliseconds margin{100};
/// No read is owed for later (DecideRules): where it seems so our clock was put back, and the read would wait until that
/// time comes again.
constexpr minutes furthest_due{5};
constexpr seconds pause_first{5};
constexpr minutes pause_max{15};

milliseconds growing(seconds first, unsigned times, milliseconds most) {
    return std::min<milliseconds>(first * (1U << std::min(times, 12U)), most);
}

/// What one request told of each product asked for; no outcome: there, but nothing that could be read.
using Told = std::vector<std::pair<ProductId, std::optional<Outcome>>>;

struct OwedSlice {
    std::vector<std::pair<ProductId, Instant>> reads;
    std::string next;  ///< key to go on from; empty: that was all
};

Result<OwedSlice> load_owed(const Store& store, const std::string& company, const std::string& from) {
    auto range = keys::pending_read_range(company);
    if (!from.empty()) range.from = from;
    OwedSlice slice;
    error_code trouble;
    const auto look = [&](std::string_view key, std::string_view value) {
        if (slice.reads.size() == owed_slice) {
            slice.next = key;
            return false;
        }
        const auto product = keys::pending_product_of(key);
        const auto pending = records::decode_pending_read(value);
        if (!product || !pending) {
            trouble = Errc::store_damaged;
            return false;
        }
        slice.reads.emplace_back(*product, pending->due);
        return true;
    };
    const auto scanned = store.snapshot()->scan(Family::meta, range, Direction::ascending, look);
    if (!scanned) return scanned.error();
    if (trouble) return trouble;
    return slice;
}

}  // namespace

struct Fetcher::Impl {
    Impl(FetcherSettings fetcher_settings, siigo::Client& siigo_client, Ledger& the_ledger, Store& the_store,
         Workers& the_workers, asio::any_io_executor executor, Clock& the_clock, Log& the_log)
        : settings(std::move(fetcher_settings)),
          client(siigo_client),
          ledger(the_ledger),
          store(the_store),
          workers(the_workers),
          clock(the_clock),
          log(the_log),
          wake(std::move(executor)),
          hinted(settings.waiting_max),
          owed(settings.waiting_max),
          hints_budget(settings.hints_per_minute, settings.hints_burst, the_clock.now()),
          unknown_budget(settings.unknown_hints_per_minute, settings.unknown_hints_per_minute, the_clock.now()) {}

    void owe(const ProductId& product, Instant due);
    asio::awaitable<Result<void>> take_up_owed();
    asio::awaitable<Result<void>> sort_hints();
    asio::awaitable<Result<void>> read_due();
    asio::awaitable<Result<Told>> read(std::vector<ProductId> products, Source source);
    asio::awaitable<Result<void>> wait_for_work();
    asio::awaitable<Result<void>> new_work(std::uint64_t known);
    void put_back(const ProductId& product, WaitingRead read, bool was_hint);
    void note_failure(const error_code& error);
    std::optional<Steady> next_read() const;

    FetcherSettings settings;
    siigo::Client& client;
    Ledger& ledger;
    Store& store;
    Workers& workers;
    Clock& clock;
    Log& log;
    Event wake;
    std::uint64_t arrivals = 0;  ///< tells whether something came between a look and a wait

    std::vector<ProductId> unsorted_hints;
    ReadQueue hinted;
    ReadQueue owed;
    TokenBucket hints_budget;
    TokenBucket unknown_budget;
    bool owed_overflowed = false;  ///< reads are owed that stand only in the store
    bool taken_up = false;         ///< those of the store are in `owed`

    unsigned failures = 0;              ///< requests in a row that told nothing
    std::optional<Steady> quiet_until;  ///< after a failure
};

Fetcher::Fetcher(FetcherSettings settings, siigo::Client& client, Ledger& ledger, Store& store, Workers& workers,
                 asio::any_io_executor executor, Clock& clock, Log& log)
    : impl_(std::make_unique<Impl>(std::move(settings), client, ledger, store, workers, std::move(executor), clock,
                                   log)) {}
Fetcher::~Fetcher() = default;

void Fetcher::owe(const ReadOwed& read) {
    if (read.company == impl_->settings.company) impl_->owe(read.product, read.due);
}

void Fetcher::Impl::owe(const ProductId& product, Instant due) {
    auto in = due - clock.wall();
    if (in > furthest_due) in = Instant::Ticks{0};
    // The ledger judges by the wall clock whether a read comes when it was due: the two clocks must not quarrel over
    // it.
    const auto wait =
        in > Instant::Ticks{0} ? std::chrono::duration_cast<Steady::duration>(in) + margin : Steady::duration{0};
    const auto at = clock.now() + wait;
    if (!owed.add(product, {at})) owed_overflowed = true;
    ++arrivals;
    wake.notify_all();
}

bool Fetcher::hint(const ProductId& product) {
    auto& self = *impl_;
    const auto listed = std::find(self.unsorted_hints.begin(), self.unsorted_hints.end(), product);
    if (listed != self.unsorted_hints.end() || self.hinted.contains(product)) return true;  // costs nothing more
    if (self.unsorted_hints.size() >= unsorted_hints_max || !self.hints_budget.has(self.clock.now())) return false;
    self.unsorted_hints.push_back(product);
    ++self.arrivals;
    self.wake.notify_all();
    return true;
}

void Fetcher::read_now() {
    impl_->quiet_until.reset();
    ++impl_->arrivals;
    impl_->wake.notify_all();
}

std::size_t Fetcher::waiting() const {
    return impl_->unsorted_hints.size() + impl_->hinted.size() + impl_->owed.size();
}

asio::awaitable<void> Fetcher::run() {
    auto& self = *impl_;
    co_await hear_stop();
    for (;;) {
        auto done = co_await self.take_up_owed();
        if (done) done = co_await self.sort_hints();
        if (done) done = co_await self.read_due();
        if (!done) {
            if (done.error() == Errc::stopping || done.error() == Errc::store_failed) co_return;
            self.note_failure(done.error());
        }
        if (co_await is_stopping()) co_return;
        const auto waited = co_await self.wait_for_work();
        if (!waited) co_return;
    }
}

/// Reads that were owed before a restart, or that found no room in the queue.
asio::awaitable<Result<void>> Fetcher::Impl::take_up_owed() {
    if (owed_overflowed && owed.size() < settings.waiting_max / 2) taken_up = false;
    if (taken_up) co_return Result<void>{};
    owed_overflowed = false;
    std::string from;
    do {
        auto look = [this, from] { return load_owed(store, settings.company, from); };
        auto slice = co_await offload(workers, look);
        if (!slice) co_return slice.error();
        for (const auto& [product, due] : slice->reads) owe(product, due);
        from = std::move(slice->next);
    } while (!from.empty() && !owed_overflowed);
    taken_up = true;
    co_return Result<void>{};
}

/// A hint is worth a read of its own budget only when its product is known; ids that nobody here ever heard of are what
/// a forger would send, so they get far less.
asio::awaitable<Result<void>> Fetcher::Impl::sort_hints() {
    if (unsorted_hints.empty()) co_return Result<void>{};
    std::vector<std::string> wanted;
    for (const auto& product : unsorted_hints) wanted.push_back(keys::product(settings.company, product));
    const auto hints = unsorted_hints;
    auto look = [this, wanted] { return store.get_many(Family::products, wanted); };
    const auto found = co_await offload(workers, look);
    // Taken out only now, so that the same hint was coalesced meanwhile; newer ones stand behind.
    unsorted_hints.erase(unsorted_hints.begin(), unsorted_hints.begin() + static_cast<std::ptrdiff_t>(hints.size()));
    if (!found) co_return found.error();

    for (std::size_t i = 0; i < hints.size(); ++i) {
        const auto now = clock.now();
        const bool known = (*found)[i].has_value();
        if (!hints_budget.has(now) || (!known && !unknown_budget.take(now))) continue;
        if (hinted.add(hints[i], {now + gather})) (void)hints_budget.take(now);
    }
    co_return Result<void>{};
}

/// One request for those that are due, hints first: their budget is small, what is owed can be thousands.
asio::awaitable<Result<void>> Fetcher::Impl::read_due() {
    const auto now = clock.now();
    if (quiet_until && now < *quiet_until) co_return Result<void>{};
    auto batch = hinted.take_due(now, ids_a_request);
    const auto hints = batch.size();
    const bool alone = hints == 1 && batch.front().second.alone;
    if (hints < ids_a_request && !alone) {
        for (auto& read : owed.take_due(now, ids_a_request - hints)) {
            const auto same = [&read](const auto& other) { return other.first == read.first; };
            if (read.second.alone && !batch.empty())
                owed.add(read.first, read.second);
            else if (std::none_of(batch.begin(), batch.end(), same))
                batch.push_back(std::move(read));
        }
    }
    if (batch.empty()) co_return Result<void>{};

    std::vector<ProductId> products;
    for (const auto& waiting : batch) products.push_back(waiting.first);
    const auto told = co_await read(std::move(products), Source::refresh);
    if (!told) {
        const bool poisoned = told.error() == Errc::siigo_rejected;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            auto& [product, waiting] = batch[i];
            if (poisoned && batch.size() == 1) ++waiting.attempts;
            waiting.alone = waiting.alone || poisoned;
            put_back(product, waiting, i < hints);
        }
        co_return told.error();
    }

    failures = 0;
    quiet_until.reset();
    for (std::size_t i = 0; i < told->size(); ++i) {
        if ((*told)[i].second) continue;
        auto& [product, waiting] = batch[i];
        if (batch.size() == 1) ++waiting.attempts;
        waiting.alone = true;
        put_back(product, waiting, i < hints);
    }
    co_return Result<void>{};
}

/// A hint that told nothing three times is forgotten; what is owed is asked for again with growing pauses.
void Fetcher::Impl::put_back(const ProductId& product, WaitingRead read, bool was_hint) {
    if (was_hint && read.attempts >= 3) return;
    if (read.attempts > 0) read.due = clock.now() + growing(seconds{30}, read.attempts - 1, minutes{60});
    if (!(was_hint ? hinted : owed).add(product, read) && !was_hint) owed_overflowed = true;
}

asio::awaitable<Result<Told>> Fetcher::Impl::read(std::vector<ProductId> products, Source source) {
    SyncLog run;
    run.id = ledger.new_log_id();
    run.company = settings.company;
    run.source = source;
    run.started_at = clock.wall();
    auto sent_tick = ledger.tick();
    auto sent_at = run.started_at;
    auto answer = co_await client.get_products(products, siigo::Purpose::read, [this, &run, &sent_tick, &sent_at] {
        ++run.requests;
        sent_tick = ledger.tick();
        sent_at = clock.wall();
    });
    if (!answer) co_return answer.error();

    const auto absent = absences(products, *answer);
    Submission submission;
    Told told;
    std::vector<std::size_t> outcome_of;  // index into `told`
    for (std::size_t i = 0; i < products.size(); ++i) {
        told.emplace_back(products[i], std::nullopt);
        const auto is_it = [&](const Observation& row) { return row.product == products[i]; };
        const auto row = std::find_if(answer->rows.begin(), answer->rows.end(), is_it);
        Observation said;
        if (row != answer->rows.end()) {
            said = std::move(*row);
            row->product = ProductId{};  // a second row of it is no second read
            said.origin = Origin::read;
        } else if (std::find(absent.gone.begin(), absent.gone.end(), products[i]) != absent.gone.end()) {
            said.product = products[i];
            said.origin = Origin::absence;
        } else {
            continue;
        }
        said.company = settings.company;
        said.source = source;
        said.cause = run.id;
        said.seen = sent_tick;
        said.seen_at = sent_at;
        submission.observations.push_back(std::move(said));
        outcome_of.push_back(i);
    }

    // A read is a small run of the sync, and kept as one: each change names a cause that can be looked up.
    run.outcome = SyncOutcome::completed;
    run.finished_at = clock.wall();
    run.pages = 1;
    run.seen = answer->rows_total;
    const auto key = keys::log(run.company, run.id);
    submission.records.put(Family::sync_logs, key, records::encode(run));
    const auto done = co_await ledger.apply(std::move(submission));
    if (!done) co_return done.error();

    for (std::size_t i = 0; i < outcome_of.size(); ++i) told[outcome_of[i]].second = done->outcomes[i];
    co_return told;
}

asio::awaitable<Result<Outcome>> Fetcher::refresh(ProductId product, Source source) {
    auto& self = *impl_;
    // It answers what is owed as well: one request does for both, unless it tells nothing.
    const bool was_owed = self.owed.remove(product);
    auto told = co_await self.read(std::vector{product}, source);
    const bool in_vain = !told || !told->front().second;
    if (was_owed && in_vain) self.owe(product, self.clock.wall());
    if (!told) co_return told.error();
    if (in_vain) co_return Errc::malformed;
    co_return *told->front().second;
}

/// Until something is due or comes. Errors: `stopping`.
asio::awaitable<Result<void>> Fetcher::Impl::wait_for_work() {
    if (!unsorted_hints.empty()) co_return Result<void>{};
    const auto known = arrivals;
    const auto next = next_read();
    if (!next) co_return co_await new_work(known);
    const auto woken = co_await within(clock, *next, new_work(known));
    if (!woken && woken.error() != Errc::timed_out) co_return woken;
    co_return Result<void>{};
}

/// Looks once more before it waits: something may have come between the caller's look and the start of this task.
asio::awaitable<Result<void>> Fetcher::Impl::new_work(std::uint64_t known) {
    if (arrivals != known) co_return Result<void>{};
    co_return co_await wake.wait();
}

std::optional<Steady> Fetcher::Impl::next_read() const {
    auto next = hinted.next_due();
    if (const auto due = owed.next_due(); due && (!next || *due < *next)) next = due;
    if (!taken_up) next = clock.now();
    if (next && quiet_until) next = std::max(*next, *quiet_until);
    return next;
}

/// Never hammers: the next request comes later than the one before, or as often as the client looks whether SIIGO is back.
void Fetcher::Impl::note_failure(const error_code& error) {
    const auto longest = longest_pause(client, pause_max);
    const auto pause =
        std::max(growing(pause_first, failures, longest), std::min<milliseconds>(client.wait_hint(), pause_max));
    quiet_until = clock.now() + pause;
    if (++failures == 1)
        log.warning(Mark::error,
                    {"Single products can't be read from SIIGO: {error}; {count} wait, next try in {seconds} s",
                     "No se pueden leer productos sueltos de SIIGO: {error}; esperan {count}, próximo intento en "
                     "{seconds} s"},
                    {{"error", error.message()},
                     {"count", hinted.size() + owed.size()},
                     {"seconds", std::chrono::ceil<seconds>(pause).count()}});
}

}  // namespace stockcast
