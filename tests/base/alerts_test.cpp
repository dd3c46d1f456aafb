#include "stockcast/base/alerts.hpp"

#include "support/manual_clock.hpp"
#include "support/recording_log.hpp"

#include "stockcast/base/json.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace std::chrono_literals;

namespace {

struct Desk {
    test::ManualClock clock;
    test::RecordingLog log;
    Alerts alerts{clock, log};
    std::vector<Alert> told;

    Desk() {
        alerts.on_alert([this](const Alert& alert) { told.push_back(alert); });
    }
};

constexpr Sentence low{"{free} MiB are left", "quedan {free} MiB"};
constexpr Sentence enough{"There is room again", "Hay espacio de nuevo"};

}  // namespace

TEST_CASE("a matter is told once when it begins and once when it is over", "[alerts]") {
    Desk desk;
    desk.alerts.raise(AlertKind::disk_low, "", low, {{"free", 7}});
    desk.clock.advance(1min);
    desk.alerts.raise(AlertKind::disk_low, "", low, {{"free", 5}});
    REQUIRE(desk.told.size() == 1);
    CHECK(desk.told[0].english == "7 MiB are left");
    CHECK(desk.told[0].spanish == "quedan 7 MiB");
    CHECK(desk.told[0].active);
    CHECK(desk.alerts.is_active(AlertKind::disk_low, ""));

    desk.alerts.clear(AlertKind::disk_low, "", enough);
    desk.alerts.clear(AlertKind::disk_low, "", enough);
    REQUIRE(desk.told.size() == 2);
    CHECK_FALSE(desk.told[1].active);
    CHECK(desk.told[1].since == desk.told[0].at);
    CHECK(desk.told[1].at == desk.told[0].at + 1min);
    CHECK_FALSE(desk.alerts.is_active(AlertKind::disk_low, ""));

    desk.alerts.raise(AlertKind::disk_low, "", low, {{"free", 3}});
    CHECK(desk.told.size() == 3);
}

TEST_CASE("what never began is not over", "[alerts]") {
    Desk desk;
    desk.alerts.clear(AlertKind::store_trouble, "", enough);
    CHECK(desk.told.empty());
    CHECK(desk.log.lines().empty());
}

TEST_CASE("matters of one kind are told apart by their subject", "[alerts]") {
    Desk desk;
    desk.alerts.raise(AlertKind::subscription_changed, "stock", low, {{"free", 1}});
    desk.clock.advance(1s);
    desk.alerts.raise(AlertKind::subscription_changed, "create", low, {{"free", 1}});
    CHECK(desk.told.size() == 2);
    CHECK(desk.alerts.count(AlertKind::subscription_changed) == 2);
    CHECK(desk.alerts.count(AlertKind::disk_low) == 0);
    const auto active = desk.alerts.active();
    REQUIRE(active.size() == 2);
    CHECK(active[0].subject == "stock");  // the oldest first
    desk.alerts.clear(AlertKind::subscription_changed, "stock", enough);
    CHECK(desk.alerts.is_active(AlertKind::subscription_changed, "create"));
}

TEST_CASE("an alert stands in the log as an error, and its end as a success", "[alerts]") {
    Desk desk;
    desk.alerts.raise(AlertKind::disk_low, "", low, {{"free", 7}});
    desk.alerts.clear(AlertKind::disk_low, "", enough);
    const auto lines = desk.log.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].level == LogLevel::error);
    CHECK(lines[0].mark == Mark::error);
    CHECK(lines[0].spanish == "quedan 7 MiB");
    CHECK(lines[1].level == LogLevel::info);
    CHECK(lines[1].mark == Mark::success);
}

TEST_CASE("what is noted again and again is on until it was quiet for long enough", "[alerts]") {
    Desk desk;
    for (int i = 0; i < 5; ++i) {
        desk.alerts.note(AlertKind::since_ahead, "", 10min, low, {{"free", i}});
        desk.clock.advance(9min);
        desk.alerts.end_quiet();
    }
    CHECK(desk.told.size() == 1);
    desk.clock.advance(1min);
    desk.alerts.end_quiet();
    REQUIRE(desk.told.size() == 2);
    CHECK_FALSE(desk.told[1].active);
    CHECK(desk.told[1].english == "Not seen again for 10 min: 0 MiB are left");
    CHECK(desk.told[1].spanish == "No se ha repetido en 10 min: quedan 0 MiB");
    desk.alerts.end_quiet();
    CHECK(desk.told.size() == 2);
}

TEST_CASE("what was raised does not end by itself", "[alerts]") {
    Desk desk;
    desk.alerts.raise(AlertKind::disk_low, "", low, {{"free", 7}});
    desk.clock.advance(240h);
    desk.alerts.end_quiet();
    CHECK(desk.told.size() == 1);
}

TEST_CASE("alerts past the bound are logged, and not kept", "[alerts]") {
    Desk desk;
    for (std::size_t i = 0; i < Alerts::active_max; ++i)
        desk.alerts.raise(AlertKind::certificate, std::to_string(i), low, {{"free", 1}});
    desk.alerts.raise(AlertKind::disk_low, "", low, {{"free", 2}});
    CHECK(desk.told.size() == Alerts::active_max);
    CHECK(desk.log.has("2 MiB are left"));
    CHECK_FALSE(desk.alerts.is_active(AlertKind::disk_low, ""));
}

TEST_CASE("an alert's event says what, since when and in both languages", "[alerts]") {
    Alert alert{.kind = AlertKind::certificate, .subject = "shop.pem", .english = "ends", .spanish = "vence"};
    alert.since = *Instant::parse("2025-01-20T10:30:00Z");
    alert.at = *Instant::parse("2025-01-20T10:31:00Z");
    CHECK(alert_event(alert) == R"({"type":"alert","kind":"certificate","subject":"shop.pem","active":true,)"
                                R"("since":"2025-01-20T10:30:00.000Z","timestamp":"2025-01-20T10:31:00.000Z",)"
                                R"("message":"ends","mensaje":"vence"})");
}
