#include "app/store_watch.hpp"

#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"
#include "support/seeded_random.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

class InlineWorkers final : public Workers {
public:
    void post(std::function<void()> job) override { job(); }
};

/// A watch over a disk whose space the test sets.
struct Watched {
    asio::io_context io;
    ManualClock clock;
    SeededRandom random{1};
    RecordingLog log;
    Alerts alerts{clock, log};
    Metrics metrics;
    MemoryStore store;
    InlineWorkers workers;
    std::optional<DiskSpace> space = DiskSpace{100 * gibibyte, 200 * gibibyte};
    Ledger ledger{store, {}, io.get_executor(), clock, random, log, [] {}};
    StoreWatch watch{ledger, workers, clock, alerts, metrics, [this] { return space; }};
    asio::cancellation_signal stop;

    Watched() {
        asio::co_spawn(io, watch.run(), asio::bind_cancellation_slot(stop.slot(), asio::detached));
        run_until_idle(io);
    }
    ~Watched() {
        stop.emit(asio::cancellation_type::total);
        run(io, ledger.drain());
    }
    bool is_low() {
        clock.advance(io, 11s);
        return alerts.is_active(AlertKind::disk_low, "");
    }
};

}  // namespace

TEST_CASE("little room on the disk is an alert until there is clearly more", "[alerts]") {
    Watched watched;
    CHECK_FALSE(watched.is_low());
    watched.space->free = gibibyte - 1;
    CHECK(watched.is_low());
    watched.space->free = gibibyte + gibibyte / 8;  // on the brink: neither told of again nor over
    CHECK(watched.is_low());
    watched.space->free = gibibyte - 1;
    CHECK(watched.is_low());
    watched.space->free = gibibyte + gibibyte / 4;
    CHECK_FALSE(watched.is_low());
    CHECK(watched.log.lines().size() == 2);
    CHECK(watched.metrics.text().find("\nstockcast_disk_free_bytes 1342177280\n") != std::string::npos);
}

TEST_CASE("of a small disk a twentieth is little", "[alerts]") {
    const DiskJudge judge;
    CHECK(judge.is_low({.free = 49, .size = 1000}, false) == true);
    CHECK(judge.is_low({.free = 50, .size = 1000}, false) == false);
    CHECK(judge.is_low({.free = 0, .size = 0}, false) == false);
}

TEST_CASE("a disk that can't be asked is not called low", "[alerts]") {
    Watched watched;
    watched.space.reset();
    CHECK_FALSE(watched.is_low());
    CHECK_FALSE(measure_disk("/no/such/directory"));
    CHECK(measure_disk("/tmp"));
}

TEST_CASE("a store that takes no writes is an alert until it does again", "[alerts]") {
    Watched watched;
    const auto write = [&] {
        Submission submission;
        submission.records.put(Family::meta, "x", "y");
        // Not run(): the watch goes on.
        auto done = asio::co_spawn(watched.io, watched.ledger.apply(std::move(submission)), asio::use_future);
        while (done.wait_for(0s) != std::future_status::ready) {
            watched.io.restart();
            watched.io.run_one_for(100ms);
        }
        return done.get();
    };
    const auto is_told = [&] {
        watched.clock.advance(watched.io, 1s);
        return watched.alerts.is_active(AlertKind::store_trouble, "");
    };
    int times_back = 0;
    watched.watch.on_writable_again([&] { ++times_back; });
    watched.store.set_full(true);
    CHECK(write().error() == Errc::store_full);
    CHECK(is_told());
    CHECK(times_back == 0);
    watched.store.set_full(false);
    CHECK(write());
    CHECK_FALSE(is_told());
    CHECK(times_back == 1);
}

TEST_CASE("a store that failed is told before the server stops", "[alerts]") {
    Watched watched;
    watched.watch.store_failed();
    CHECK(watched.alerts.is_active(AlertKind::store_trouble, ""));
    CHECK(watched.log.has("The store failed and the server stops"));
}
