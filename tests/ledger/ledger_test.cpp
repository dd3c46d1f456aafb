#include "stockcast/ledger/ledger.hpp"

#include "ledger/gated_store.hpp"
#include "store/temporary_directory.hpp"
#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/ledger/retention.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

/// A ledger over `store` with all that it needs; drained at the end unless the test did.
struct World {
    explicit World(Store& behind, LedgerSettings settings = {}) : store(behind) {
        ledger = std::make_unique<Ledger>(store, std::move(settings), io.get_executor(), clock, random, log,
                                          [this] { ++fatal; });
        ledger->on_commit([this](const CommitNotice& notice) {
            events.push_back("notify " + std::to_string(notice.head));
            for (auto& change : notice.changes) published.push_back(change.seq);
        });
    }

    Submission sale(std::uint64_t n, std::int64_t left) {
        Submission submission;
        WebhookLog entry;
        entry.id = ledger->new_log_id();
        entry.company = "main";
        entry.received_at = clock.wall();
        submission.webhook = entry;
        auto said = observation().about(n).coded("P" + std::to_string(n)).with_stock(left).caused_by(entry.id);
        said.seen(ledger->tick(), "12:00");
        submission.observations.push_back(said);
        return submission;
    }

    using Answer = std::future<Result<Commit>>;
    /// Hands a submission in; its answer comes when `io` runs.
    Answer submit(Submission submission) {
        auto answer = asio::co_spawn(io, ledger->apply(std::move(submission)), asio::use_future);
        io.restart();
        io.poll();
        return answer;
    }
    Result<Commit> apply(Submission submission) { return run(io, ledger->apply(std::move(submission))); }
    void run_all() {
        io.restart();
        io.run();
    }

    asio::io_context io;
    ManualClock clock;
    SeededRandom random;
    RecordingLog log;
    GatedStore store;
    std::unique_ptr<Ledger> ledger;
    int fatal = 0;
    std::vector<std::string> events;
    std::vector<Seq> published;
};

asio::awaitable<void> apply_and_note(World& world, Submission submission) {
    const auto commit = co_await world.ledger->apply(std::move(submission));
    world.events.push_back("acknowledge " + std::to_string(commit->head) + " of " +
                           std::to_string(world.ledger->status().head));
}

}  // namespace

TEST_CASE("callers that wait together share one fsync", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    world.store.close();
    std::vector<World::Answer> answers;
    answers.push_back(world.submit(world.sale(1, 10)));
    world.store.wait_for_commit();
    for (int left = 9; left > 0; --left) answers.push_back(world.submit(world.sale(1, left)));
    CHECK(world.ledger->status().waiting == 9);
    CHECK(world.ledger->status().head == 0);

    world.store.open();
    world.run_all();
    for (auto& answer : answers) CHECK(answer.get().has_value());
    CHECK(memory.commits() == 2);
    CHECK(world.ledger->status().batches == 2);
    CHECK(world.ledger->status().submissions == 10);
    CHECK(world.ledger->status().head == 10);
    CHECK(world.published == std::vector<Seq>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    CHECK(check_invariants(memory) == std::vector<std::string>{});
}

TEST_CASE("a batch is bounded, and what it leaves goes into the next", "[ledger]") {
    MemoryStore memory;
    World world{memory, {.batch_max = 4}};
    world.store.close();
    std::vector<World::Answer> answers;
    answers.push_back(world.submit(world.sale(1, 1)));
    world.store.wait_for_commit();
    for (int i = 2; i <= 10; ++i) answers.push_back(world.submit(world.sale(static_cast<std::uint64_t>(i), i)));
    world.store.open();
    world.run_all();
    for (auto& answer : answers) CHECK(answer.get().has_value());
    CHECK(memory.commits() == 4);
}

TEST_CASE("a full queue refuses, and takes again when there is room", "[ledger]") {
    MemoryStore memory;
    const auto [settings, more] = GENERATE(table<LedgerSettings, std::size_t>({
        {LedgerSettings{.queue_max = 2}, 0},
        {LedgerSettings{.queue_bytes_max = 60'000}, 25'000},
    }));
    World world{memory, settings};
    const auto filled = [&world, bytes = more](std::uint64_t n) {
        auto submission = world.sale(n, 1);
        submission.webhook->payload = std::string(bytes, 'x');
        return submission;
    };
    world.store.close();
    auto writing = world.submit(filled(1));
    world.store.wait_for_commit();
    auto first = world.submit(filled(2));
    auto second = world.submit(filled(3));
    auto third = world.submit(filled(4));
    CHECK(third.get().error() == Errc::ledger_full);

    world.store.open();
    world.run_all();
    CHECK(first.get().has_value());
    CHECK(second.get().has_value());
    CHECK(world.apply(filled(4)).has_value());
}

TEST_CASE("persist, then the head, then the callers, then the listeners", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    world.store.close();
    asio::co_spawn(world.io, apply_and_note(world, world.sale(1, 10)), asio::use_future);
    world.io.poll();
    world.store.wait_for_commit();
    asio::co_spawn(world.io, apply_and_note(world, world.sale(1, 9)), asio::use_future);
    asio::co_spawn(world.io, apply_and_note(world, world.sale(1, 8)), asio::use_future);
    world.io.poll();
    CHECK(world.events.empty());
    world.store.open();
    world.run_all();
    CHECK(world.events == std::vector<std::string>{"acknowledge 1 of 1", "notify 1", "acknowledge 3 of 3",
                                                   "acknowledge 3 of 3", "notify 3"});
}

TEST_CASE("a full disk refuses the batch, changes nothing, and is recovered from", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    REQUIRE(world.apply(world.sale(1, 10)));
    memory.set_full(true);
    CHECK(world.apply(world.sale(1, 9)).error() == Errc::store_full);
    CHECK(world.apply(world.sale(1, 8)).error() == Errc::store_full);
    CHECK_FALSE(world.ledger->status().store.writable);
    CHECK(world.ledger->status().head == 1);
    CHECK(world.log.count("Nothing can be stored") == 1);
    CHECK(world.published == std::vector<Seq>{1});
    CHECK(world.fatal == 0);

    memory.set_full(false);
    SECTION("at the next batch") {
        const auto commit = world.apply(world.sale(1, 7));
        REQUIRE(commit);
        CHECK(commit->outcomes[0].old_stock == Quantity{10});
        CHECK(commit->head == 2);
    }
    SECTION("by itself, while nothing comes") {
        const auto guard = asio::make_work_guard(world.io);
        world.io.restart();
        while (!world.ledger->status().store.writable) world.io.run_one();
    }
    CHECK(world.ledger->status().store.writable);
    CHECK(world.log.count("There is room again") == 1);
    CHECK(check_invariants(memory) == std::vector<std::string>{});
}

TEST_CASE("a busy product is read once", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    for (std::int64_t left = 10; left > 0; --left) REQUIRE(world.apply(world.sale(1, left)));
    CHECK(world.store.looked_up() == 1);
    REQUIRE(world.apply(world.sale(2, 5)));
    CHECK(world.store.looked_up() == 2);
    CHECK(check_invariants(memory) == std::vector<std::string>{});
}

TEST_CASE("what is kept of products read is bounded", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    const auto large = std::string(200'000, 'x');
    for (std::uint64_t n = 1; n <= 200; ++n) {
        auto submission = world.sale(n, 1);
        submission.observations[0].properties.set("description", Json{large});
        REQUIRE(world.apply(std::move(submission)));
    }
    // 200 of 200 kB are more than may be kept: the first is read again.
    REQUIRE(world.apply(world.sale(1, 2)));
    CHECK(world.store.looked_up() == 201);
}

TEST_CASE("after a failed write nothing is acknowledged or published, and the ledger ends", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    REQUIRE(world.apply(world.sale(1, 10)));
    memory.fail_next_commit(GENERATE(MemoryStore::Fault::failed, MemoryStore::Fault::failed_but_written));
    world.store.close();
    auto writing = world.submit(world.sale(1, 9));
    world.store.wait_for_commit();
    auto waiting = world.submit(world.sale(1, 8));
    world.store.open();
    world.run_all();

    CHECK(writing.get().error() == Errc::store_failed);
    CHECK(waiting.get().error() == Errc::store_failed);
    CHECK(world.published == std::vector<Seq>{1});
    CHECK(world.ledger->status().head == 1);
    CHECK_FALSE(world.ledger->status().store.writable);
    CHECK(world.apply(world.sale(1, 7)).error() == Errc::store_failed);
    CHECK(run(world.io, world.ledger->checkpoint("copy")).error() == Errc::store_failed);
    CHECK(world.fatal == 1);
    run(world.io, world.ledger->drain());
}

TEST_CASE("a damaged product record ends the ledger and is named", "[ledger]") {
    MemoryStore memory;
    Batch batch;
    batch.put(Family::products, keys::product("main", product_id(1)), "damaged");
    REQUIRE(memory.commit(batch));
    World world{memory};
    CHECK(world.apply(world.sale(2, 1)).has_value());
    CHECK(world.apply(world.sale(1, 1)).error() == Errc::store_failed);
    CHECK(world.fatal == 1);
    CHECK(world.log.has(product_id(1).to_string()));
}

TEST_CASE("a ledger whose state is damaged does not start", "[ledger]") {
    MemoryStore memory;
    Batch batch;
    batch.put(Family::meta, std::string{keys::ledger_state}, "damaged");
    REQUIRE(memory.commit(batch));
    CHECK_THROWS_AS(World{memory}, StoreRefused);
}

TEST_CASE("draining commits what was accepted and refuses what comes later", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    world.store.close();
    auto writing = world.submit(world.sale(1, 2));
    world.store.wait_for_commit();
    auto accepted = world.submit(world.sale(1, 1));
    auto drained = asio::co_spawn(world.io, world.ledger->drain(), asio::use_future);
    world.io.poll();
    auto late = world.submit(world.sale(1, 0));
    CHECK(late.get().error() == Errc::stopping);
    CHECK(drained.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);

    world.store.open();
    world.run_all();
    CHECK(writing.get().has_value());
    CHECK(accepted.get().has_value());
    drained.get();
    CHECK(memory.commits() == 2);
    run(world.io, world.ledger->drain());  // once more is harmless
}

TEST_CASE("a ledger that is destroyed undrained has written what it accepted", "[ledger]") {
    MemoryStore memory;
    {
        World world{memory};
        auto answer = world.submit(world.sale(1, 2));
        world.ledger.reset();
        world.run_all();
        CHECK(answer.get().has_value());
        CHECK(world.published.empty());
    }
    CHECK(memory.commits() == 1);
}

TEST_CASE("after a restart seq, counters, numbers and ticks go on", "[ledger]") {
    MemoryStore memory;
    SeenTick last = 0;
    {
        World world{memory};
        REQUIRE(world.apply(world.sale(1, 10)));
        last = world.ledger->tick();
        REQUIRE(world.apply(world.sale(2, 5)));
    }
    World world{memory};
    world.clock.advance(std::chrono::seconds{1});  // so that its log ids are others
    CHECK(world.ledger->status().head == 2);
    CHECK(world.ledger->status().counters.products == 2);
    CHECK(world.ledger->status().counters.webhooks_last_hour == 2);
    CHECK(world.ledger->tick() > last + 1);
    const auto commit = world.apply(world.sale(3, 1));
    REQUIRE(commit);
    CHECK(commit->outcomes[0].number == 3);
    CHECK(commit->outcomes[0].seq == 3);
    CHECK(check_invariants(memory) == std::vector<std::string>{});
}

TEST_CASE("status shows today and the last hour as of now", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    REQUIRE(world.apply(world.sale(1, 10)));
    CHECK(world.ledger->status().counters.updated_today == 1);
    CHECK(world.ledger->status().counters.webhooks_last_hour == 1);
    world.clock.advance(std::chrono::hours{1});
    CHECK(world.ledger->status().counters.webhooks_last_hour == 0);
    CHECK(world.ledger->status().counters.updated_today == 1);
    world.clock.advance(std::chrono::hours{16});  // 05:00 UTC: midnight in Bogotá
    CHECK(world.ledger->status().counters.updated_today == 0);
}

TEST_CASE("a checkpoint holds whole batches", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    REQUIRE(world.apply(world.sale(1, 10)));
    REQUIRE(run(world.io, world.ledger->checkpoint("copy")));
    REQUIRE(world.apply(world.sale(1, 9)));
    const auto copy = memory.copy("copy");
    CHECK(check_invariants(*copy) == std::vector<std::string>{});
    CHECK(copy->entries(Family::changes).size() == 1);
    CHECK_FALSE(run(world.io, world.ledger->checkpoint("copy")));  // it is there already
}

TEST_CASE("log ids grow", "[ledger]") {
    MemoryStore memory;
    World world{memory};
    auto last = world.ledger->new_log_id();
    for (int i = 0; i < 100; ++i) {
        const auto next = world.ledger->new_log_id();
        REQUIRE(last < next);
        last = next;
    }
}

TEST_CASE("what is logged after the clock was put back behind retention's floor is kept", "[ledger]") {
    MemoryStore memory;
    const auto logged = [&] {
        std::size_t count = 0;
        memory.snapshot()
            ->scan(Family::webhook_logs, {}, Direction::ascending,
                   [&](std::string_view, std::string_view) { return ++count > 0; })
            .value();
        return count;
    };
    World world{memory};
    REQUIRE(world.apply(world.sale(1, 10)));
    world.clock.set_wall(at("18:00"));
    const RetentionCutoffs cutoffs{.changes = {}, .logs = at("17:00"), .audit = {}};
    REQUIRE(world.apply(plan_retention(memory, cutoffs, 100).value().submission));
    CHECK(logged() == 0);

    world.clock.set_wall(at("12:01"));
    REQUIRE(world.apply(world.sale(1, 9)));
    CHECK(logged() == 1);
    run(world.io, world.ledger->drain());
    World restarted{memory};
    restarted.clock.set_wall(at("12:02"));
    REQUIRE(restarted.apply(restarted.sale(1, 8)));
    CHECK(logged() == 2);
    CHECK(check_invariants(memory) == std::vector<std::string>{});
}

TEST_CASE("over RocksDB a mirror of many products survives a restart with all invariants", "[ledger]") {
    TemporaryDirectory directory;
    SeededRandom random;
    Seq head = 0;
    std::string epoch;
    for (int life = 0; life < 3; ++life) {
        const auto rocks = open_rocks_store({.directory = directory.path()}, random);
        World world{*rocks};
        world.clock.advance(std::chrono::seconds{life});  // so that its log ids are others
        CHECK(world.ledger->status().head == head);
        if (life > 0) CHECK(world.ledger->status().epoch == epoch);
        epoch = world.ledger->status().epoch;
        CHECK_FALSE(epoch.empty());

        std::vector<World::Answer> answers;
        for (std::uint64_t n = 0; n < 300; ++n)
            answers.push_back(world.submit(world.sale(n % 50, static_cast<std::int64_t>(1000 * life + n))));
        world.run_all();
        for (auto& answer : answers) REQUIRE(answer.get().has_value());
        head = world.ledger->status().head;
        run(world.io, world.ledger->drain());
        CHECK(check_invariants(*rocks) == std::vector<std::string>{});
    }
    CHECK(head == 900);
}

}  // namespace stockcast
