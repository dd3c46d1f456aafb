#include "sync/schedule.hpp"

#include "support/builders.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

SyncState synced(std::string_view started) {
    SyncState state;
    state.first_completed = at(started) + 10s;
    state.last_completed = at(started) + 10s;
    state.last_started = at(started);
    state.last_full_started = at(started);
    return state;
}

const SyncSettings settings{"main", 5min, 24h, 50};

}  // namespace

TEST_CASE("at the start a full pass runs only if none was completed or one is overdue", "[sync]") {
    CHECK(next_pass({}, settings, at("12:00"), {}, {}).kind == SyncKind::full);
    CHECK(next_pass(synced("11:00"), settings, at("12:00"), {}, {}).kind == SyncKind::incremental);
    CHECK(next_pass(synced("2025-01-19T11:59:00Z"), settings, at("12:00"), {}, {}).kind == SyncKind::full);
    CHECK(next_pass(synced("11:00"), settings, at("12:00"), {}, {}).wait == 0ms);
}

TEST_CASE("afterwards incremental passes come each interval, and the full one when it is due", "[sync]") {
    const auto calm = next_pass(synced("11:00"), settings, at("12:00"), 2min, {});
    CHECK(calm.kind == SyncKind::incremental);
    CHECK(calm.wait == milliseconds{3min});

    const auto soon = next_pass(synced("2025-01-19T12:01:00Z"), settings, at("12:00"), 2min, {});
    CHECK(soon.kind == SyncKind::full);
    CHECK(soon.wait == milliseconds{1min});

    const auto late = next_pass(synced("11:00"), settings, at("12:00"), 20min, {});
    CHECK(late.wait == 0ms);
}

TEST_CASE("a pass that was asked for comes at once, and is a full one where none was ever completed", "[sync]") {
    const auto asked = next_pass(synced("11:59"), settings, at("12:00"), 1s, SyncKind::incremental);
    CHECK(asked.kind == SyncKind::incremental);
    CHECK(asked.source == Source::manual_sync);
    CHECK(asked.wait == 0ms);
    CHECK(next_pass({}, settings, at("12:00"), 1s, SyncKind::incremental).kind == SyncKind::full);
    CHECK(next_pass(synced("11:59"), settings, at("12:00"), 1s, SyncKind::full).kind == SyncKind::full);
}

TEST_CASE("a full pass that began in the future by our clock counts as overdue", "[sync]") {
    CHECK(next_pass(synced("2025-02-20T12:00:00Z"), settings, at("12:00"), 1min, {}).kind == SyncKind::full);
}

TEST_CASE("suspiciously many missing products bring the next full pass forward", "[sync]") {
    auto state = synced("11:58");
    state.suspects = true;
    const auto next = next_pass(state, settings, at("12:00"), 2min, {});
    CHECK(next.kind == SyncKind::full);
    CHECK(next.wait == milliseconds{3min});
}

TEST_CASE("an incremental pass reaches at least two intervals back, and behind the start of the last pass", "[sync]") {
    CHECK(updated_start(synced("11:55"), settings, at("12:00")) == at("11:50"));
    CHECK(updated_start(synced("11:59"), settings, at("12:00")) == at("11:50"));
    CHECK(updated_start(synced("09:00"), settings, at("12:00")) == at("08:55"));
    const SyncSettings quick{"main", 1s, 24h, 50};
    CHECK(updated_start(synced("11:59:59"), quick, at("12:00")) == at("11:57:59"));  // SIIGO's clock is not ours
}

TEST_CASE("a pass that broke off goes on within 30 s, then with growing pauses up to the interval", "[sync]") {
    for (const double jitter : {0.0, 0.5, 0.999}) {
        CAPTURE(jitter);
        CHECK(resume_pause(1, 5min, 0ms, jitter) >= milliseconds{10s});
        CHECK(resume_pause(1, 5min, 0ms, jitter) < milliseconds{30s});
        CHECK(resume_pause(2, 5min, 0ms, jitter) > resume_pause(1, 5min, 0ms, jitter));
        CHECK(resume_pause(5, 5min, 0ms, jitter) > resume_pause(3, 5min, 0ms, 0.0));
        CHECK(resume_pause(30, 5min, 0ms, jitter) == milliseconds{5min});
        CHECK(resume_pause(30, 24h, 0ms, jitter) == milliseconds{15min});
        CHECK(resume_pause(1, 1s, 0ms, jitter) == milliseconds{1s});
    }
    CHECK(resume_pause(1, 5min, 60s, 0.0) == milliseconds{60s});
    CHECK(resume_pause(1, 5min, 1h, 0.0) == milliseconds{5min});
}
