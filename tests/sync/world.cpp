#include "sync/world.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>

namespace stockcast::test {
namespace {

asio::awaitable<void> pass_through(Ledger& ledger, bool& done) {
    const auto committed = co_await ledger.apply(Submission{});
    done = true;
    if (!committed) throw std::runtime_error(committed.error().message());
}

}  // namespace

World::World(SyncSettings settings) : settings_(std::move(settings)) {
    build();
}

World::~World() {
    stop();
    const auto findings = check_invariants(store);
    for (const auto& finding : findings) UNSCOPED_INFO(finding);
    CHECK(findings.empty());
}

void World::build() {
    siigo::ClientSettings client_settings;
    client_settings.base_url = "http://127.0.0.1:1";
    client_settings.username = "api@acme.co";
    client_settings.access_key = "key";
    client_settings.partner_id = "stockcast";

    ledger = std::make_unique<Ledger>(store, LedgerSettings{}, io.get_executor(), clock, random, log, [] {});
    client = std::make_unique<siigo::Client>(client_settings, journal.kept, journal, siigo, io.get_executor(), clock,
                                             random, log);
    sync = std::make_unique<Sync>(settings_, *client, *ledger, store, workers, io.get_executor(), clock, random, log,
                                  alerts, [this](const SyncLog& run) { finished.push_back(run); });
    fetcher =
        std::make_unique<Fetcher>(FetcherSettings{}, *client, *ledger, store, workers, io.get_executor(), clock, log);
    keeper = std::make_unique<SubscriptionKeeper>(
        SubscriptionSettings{"main", "https://shop.example/api/webhooks", std::string{webhook_secret}, "stockcast"},
        *client, *ledger, clock, log, alerts);
    tasks = std::make_unique<TaskGroup>(io.get_executor(), clock, log);
    ledger->on_commit([this](const CommitNotice& notice) {
        for (const auto& read : notice.reads) fetcher->owe(read);
    });
}

void World::stop() {
    const auto end = [](World& world) -> asio::awaitable<int> {
        co_await world.tasks->wind_down(std::chrono::seconds{1});
        co_return 0;
    };
    (void)wait_for(end(*this));
    auto drained = asio::co_spawn(io, ledger->drain(), asio::use_future);
    io.restart();
    while (drained.wait_for(std::chrono::seconds{0}) != std::future_status::ready) io.run_one();
    drained.get();
    keeper.reset();
    fetcher.reset();
    sync.reset();
    tasks.reset();
    client.reset();
    ledger.reset();
    run_until_idle(io);
}

void World::restart() {
    stop();
    build();
}

void World::settle() {
    for (;;) {
        run_until_idle(io);
        const auto before = ledger->status().submissions;
        // The ledger takes turns: once this one is through, all before it are too, and their callers have been resumed.
        bool done = false;
        asio::co_spawn(io, pass_through(*ledger, done), asio::detached);
        io.restart();
        while (!done) io.run_one();
        run_until_idle(io);
        if (ledger->status().submissions == before + 1) return;
    }
}

void World::pass(std::chrono::nanoseconds span) {
    const auto end = clock.now() + span;
    settle();
    for (auto next = clock.next_deadline(); next && *next <= end; next = clock.next_deadline()) {
        clock.advance(std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{*next - clock.now()}));
        settle();
    }
    clock.advance(end - clock.now());
    settle();
}

Outcome World::observe(Observation said) {
    said.seen = ledger->tick();
    said.seen_at = clock.wall();
    said.cause = ledger->new_log_id();
    Submission submission;
    WebhookLog entry;
    entry.id = said.cause;
    entry.company = said.company;
    entry.received_at = said.seen_at;
    entry.product = said.product;
    entry.payload = "{}";
    submission.webhook = entry;
    submission.observations.push_back(std::move(said));
    const auto committed = wait_for(ledger->apply(std::move(submission)));
    if (!committed) throw std::runtime_error(committed.error().message());
    return committed->outcomes.front();
}

std::optional<Product> World::product(std::uint64_t n) const {
    const auto value = store.get(Family::products, keys::product("main", product_id(n)));
    if (!value || !*value) return std::nullopt;
    return *records::decode_product(**value);
}

std::string World::stock(std::uint64_t n) const {
    const auto held = product(n);
    if (!held || !held->available) return "unknown";
    return held->available->to_string();
}

std::vector<SyncLog> World::sync_logs() const {
    std::vector<SyncLog> logs;
    for (const auto& [key, value] : store.entries(Family::sync_logs)) {
        auto run = *records::decode_sync_log(value);
        if (run.source != Source::refresh) logs.push_back(std::move(run));
    }
    return logs;
}

}  // namespace stockcast::test
