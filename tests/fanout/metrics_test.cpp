// What the streams tell of themselves: their series, and positions that are ahead of the log.
#include "fanout/fixture.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

struct Measured : FanoutFixture {
    explicit Measured(BroadcasterSettings settings = {}) : FanoutFixture(settings) { broadcaster.measure(metrics); }

    /// The value of a series without the prefix that all share; "absent" where there is none.
    std::string value(const std::string& series) const {
        const auto text = metrics.text();
        const auto name = "\nstockcast_stream_" + series + " ";
        const auto at = text.find(name);
        if (at == std::string::npos) return "absent";
        return text.substr(at + name.size(), text.find('\n', at + 1) - at - name.size());
    }

    Metrics metrics;
};

std::string of(const char* name, Wire wire, const std::string& more = "") {
    return std::string{name} + R"({transport=")" + (wire == Wire::websocket ? "websocket" : "events") + "\"" + more +
           "}";
}

std::string because(const std::string& reason) {
    return ",reason=\"" + reason + "\"";
}

}  // namespace

TEST_CASE("clients are counted by transport, with what they were sent", "[fanout][metrics]") {
    Measured on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    CHECK(on.value(of("clients", on.wire)) == "0");
    auto& one = on.connect();
    auto& other = on.connect();
    on.change(3);
    const auto received = one.heard().size();
    other.heard();
    CHECK(received > 0);
    CHECK(on.value(of("clients", on.wire)) == "2");
    CHECK(on.value(of("sent_changes_total", on.wire)) == "6");
    CHECK(std::stoul(on.value(of("sent_bytes_total", on.wire))) > 6 * 100);
    CHECK(on.value(of("clients", on.wire == Wire::websocket ? Wire::events : Wire::websocket)) == "0");

    one.hang_up();
    on.settle();
    CHECK(on.value(of("clients", on.wire)) == "1");
    CHECK(on.value(of("closed_total", on.wire, because("left"))) == "1");
}

TEST_CASE("a request for changes is a client while it waits", "[fanout][metrics]") {
    Measured on;
    asio::co_spawn(on.io, on.broadcaster.changes_after(0, 100, on.clock.now() + 10s),
                   [](std::exception_ptr, Result<Broadcaster::Changes>) {});
    on.settle();
    CHECK(on.value(R"(clients{transport="waiting"})") == "1");
    on.change(2);
    CHECK(on.value(R"(clients{transport="waiting"})") == "0");
    CHECK(on.value(R"(sent_changes_total{transport="waiting"})") == "2");
    CHECK(std::stoul(on.value(R"(sent_bytes_total{transport="waiting"})")) > 2 * 100);
}

TEST_CASE("resumes and resets are counted, resets by why", "[fanout][metrics]") {
    Measured on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.change(5);
    on.connect({3, "epoch-1"});
    on.connect({3, "epoch-0"});
    on.connect({9, ""});
    on.connect({0, "", /*is_unreadable=*/true});
    CHECK(on.value(of("resumes_total", on.wire)) == "1");
    CHECK(on.value(of("resets_total", on.wire, because("other_epoch"))) == "1");
    CHECK(on.value(of("resets_total", on.wire, because("ahead"))) == "1");
    CHECK(on.value(of("resets_total", on.wire, because("unreadable"))) == "1");
    CHECK(on.value(of("resets_total", on.wire, because("expired"))) == "0");
}

TEST_CASE("ends are counted by why", "[fanout][metrics]") {
    Measured on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    auto& expiring = on.connect({}, on.clock.wall() + 10s);
    auto& stopped = on.connect();
    auto& slow = on.connect({}, {}, 100);
    slow.reads = false;
    on.change(20);
    expiring.heard();
    stopped.heard();
    on.advance(11s);
    on.advance(60s);
    on.stop(asio::cancellation_type::total);
    on.advance(5s);
    for (const auto* reason : {"expired", "going_away", "slow"})
        CHECK(on.value(of("closed_total", on.wire, because(reason))) == "1");
    CHECK(on.value(of("closed_total", on.wire, because("policy"))) == "0");
    CHECK(on.value(of("closed_total", on.wire, because("left"))) == "0");
}

TEST_CASE("the ring tells what it holds and can hold", "[fanout][metrics]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 3000;
    Measured on{settings};
    on.change(2);
    CHECK(on.value(of("ring_changes", Wire::websocket)) == "2");
    CHECK(on.value(of("ring_capacity_bytes", Wire::websocket)) == "3000");
    CHECK(on.value(of("ring_capacity_bytes", Wire::events)) == "0");  // nobody came
    on.change(100);
    const auto held = std::stoul(on.value(of("ring_changes", Wire::websocket)));
    CHECK(held > 2);
    CHECK(held < 102);
    CHECK(std::stoul(on.value(of("ring_bytes", Wire::websocket))) <= 3000);
}

TEST_CASE("lag is that of the client that is furthest behind", "[fanout][metrics]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 3000;
    settings.write_bytes = 1000;
    Measured on{settings};
    on.wire = GENERATE(Wire::websocket, Wire::events);
    on.connect();
    auto& slow = on.connect({}, {}, 100);
    slow.heard();
    slow.reads = false;
    on.change();
    on.advance(1s);
    CHECK(on.value("lag_changes") == "0");  // under way, not behind

    on.change(2);
    on.advance(2s);
    CHECK(on.value("clients_behind") == "1");
    CHECK(on.value("clients_behind_ring") == "0");
    CHECK(on.value("lag_changes") == "2");
    CHECK(on.value("lag_seconds") == "2");
    on.change(100);
    on.advance(1s);
    CHECK(on.value("clients_behind_ring") == "1");
    CHECK(on.value("lag_changes") == "102");

    slow.reads = true;
    slow.heard();
    on.advance(1s);
    CHECK(on.value("clients_behind") == "0");
    CHECK(on.value("lag_seconds") == "0");
}

TEST_CASE("readings of the change log and those who wait for theirs are told", "[fanout][metrics]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 1000;
    settings.log_readers_max = 2;
    Measured on{settings};
    on.change(20);
    on.workers.held = true;
    for (int i = 0; i < 5; ++i) on.connect({0, ""});
    CHECK(on.value("log_reads") == "2");
    CHECK(on.value("log_reads_waiting") == "3");
    while (on.workers.run_one()) on.settle();
    CHECK(on.value("log_reads") == "0");
}

TEST_CASE("the time from durable to sent is taken once a publication that somebody waited for", "[fanout][metrics]") {
    Measured on;
    on.change();  // nobody is there
    CHECK(on.value("sent_seconds_count") == "0");
    for (int i = 0; i < 3; ++i) on.connect().heard();
    CommitNotice notice;
    notice.durable = on.clock.now() - 3s;
    notice.changes.push_back({++on.head, ChangeType::stock_updated, "main", {}, "A", {}, R"({"type":"t","seq":2})"});
    on.broadcaster.publish(notice);
    on.settle();
    CHECK(on.value("sent_seconds_count") == "1");
    CHECK(on.value("sent_seconds_sum") == "3");
}

TEST_CASE("a position that is ahead is told, over every transport, but not one of another epoch", "[fanout]") {
    FanoutFixture on;
    on.wire = GENERATE(Wire::websocket, Wire::events);
    std::vector<std::pair<Seq, Seq>> told;
    on.change(5);
    on.broadcaster.on_since_ahead([&](Seq since, Seq head) {
        told.emplace_back(since, head);
        on.broadcaster.announce(R"({"type":"alert"})");  // as the alert does, to the one who asks as well
    });
    on.connect({9, "epoch-0"});
    on.connect({9, "epoch-0", /*is_unreadable=*/true});
    on.connect({5, ""});
    CHECK(told.empty());
    CHECK(on.connect({6, ""}).heard() == "hello:5:epoch-1 reset:5 alert");
    on.connect({7, "epoch-1"});
    CHECK(run(on.io, on.clock, on.broadcaster.changes_after(8, 1, on.clock.now())).error() == Errc::not_found);
    CHECK(told == std::vector<std::pair<Seq, Seq>>{{6, 5}, {7, 5}, {8, 5}});
}
