#pragma once

#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"
#include "support/seeded_random.hpp"
#include "sync/scripted_siigo.hpp"

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/sync/fetcher.hpp"
#include "stockcast/sync/subscriptions.hpp"
#include "stockcast/sync/sync.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast::test {

inline constexpr std::string_view webhook_secret = "a-secret-of-at-least-16-characters";

/// Does what is asked of it at once.
class InlineWorkers final : public Workers {
public:
    void post(std::function<void()> job) override { job(); }
};

/// Client, sync, fetcher and subscriptions over a real ledger, a store in memory and a scripted SIIGO, on manual time.
/// A restart is a new one over the same store and SIIGO.
class World {
public:
    explicit World(SyncSettings settings = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void start_sync() { tasks->spawn("sync", sync->run()); }
    void start_fetcher() { tasks->spawn("fetcher", fetcher->run()); }
    /// Lets `span` pass, each deadline on the way in its turn, and all that follows from it.
    void pass(std::chrono::nanoseconds span);
    /// Until nothing is ready and the ledger has nothing under way.
    void settle();
    /// Ends everything as a stop does, and starts anew over the same store.
    void restart();
    /// Runs `work` to its end, time passing as it needs.
    template <class T>
    T wait_for(asio::awaitable<T> work) {
        auto done = asio::co_spawn(io, std::move(work), asio::use_future);
        settle();
        while (done.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            const auto next = clock.next_deadline();
            if (!next) throw std::runtime_error("stuck: nothing is ready and nobody sleeps");
            clock.advance(*next - clock.now());
            settle();
        }
        return done.get();
    }

    Outcome observe(Observation said);
    std::optional<Product> product(std::uint64_t n) const;
    std::string stock(std::uint64_t n) const;
    std::vector<SyncLog> sync_logs() const;  ///< runs of the sync, oldest first; reads aside
    std::uint64_t products() const { return ledger->status().counters.products; }

    asio::io_context io;
    ManualClock clock;
    SeededRandom random{7};
    RecordingLog log;
    Alerts alerts{clock, log};
    MemoryStore store;
    InlineWorkers workers;
    ScriptedSiigo siigo{io.get_executor(), clock};
    std::vector<SyncLog> finished;

    class Journal final : public siigo::ClientJournal {
    public:
        asio::awaitable<Result<void>> save(std::string state) override {
            kept = std::move(state);
            co_return Result<void>{};
        }
        std::string kept;
    } journal;

    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<siigo::Client> client;
    std::unique_ptr<Sync> sync;
    std::unique_ptr<Fetcher> fetcher;
    std::unique_ptr<SubscriptionKeeper> keeper;
    std::unique_ptr<TaskGroup> tasks;

private:
    void build();
    void stop();

    SyncSettings settings_;
};

}  // namespace stockcast::test
