#include "siigo/call_gate.hpp"

#include "support/builders.hpp"

#include "stockcast/store/fields.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;
using Reason = CallGate::Reason;
using State = ClientStatus::State;

namespace {

ClientSettings settings_of(std::string user, std::string key) {
    ClientSettings settings;
    settings.username = std::move(user);
    settings.access_key = std::move(key);
    return settings;
}

CallGate gate_of(const std::string& user = "u", const std::string& key = "k") {
    return CallGate{{.per_minute = 80, .spacing = 200ms}, CallerMarks::of(settings_of(user, key))};
}

Moment at(std::chrono::milliseconds since_noon) {
    return {Steady{1000h} + since_noon, test::at("12:00") + since_noon};
}

Moment after(Moment now, std::chrono::nanoseconds by) {
    return {now.steady + by, now.wall + std::chrono::duration_cast<Instant::Ticks>(by)};
}

/// One call that takes no time.
void call(CallGate& gate, Moment now, Ending ending, bool refusal = false) {
    gate.reserved(now);
    gate.leaves(now.steady);
    gate.ended(now, ending, refusal);
}

}  // namespace

TEST_CASE("the gate tells what a call has to wait for", "[siigo]") {
    auto gate = gate_of();
    CHECK(gate.next(at(0ms)).reason == Reason::nothing);
    call(gate, at(0ms), Ending::good);
    CHECK(gate.next(at(0ms)).reason == Reason::quota);
    CHECK(gate.next(at(0ms)).at == at(200ms).steady);
    gate.hold_until(at(30s).steady);
    gate.hold_until(at(10s).steady);
    CHECK(gate.next(at(0ms)).reason == Reason::named_wait);
    CHECK(gate.next(at(0ms)).at == at(30s).steady);
    for (int i = 0; i < 3; ++i) call(gate, at(1s), Ending::refused, /*refusal=*/true);
    CHECK(gate.next(at(1s)).reason == Reason::refused);
    CHECK(gate.next(at(1s)).at == at(61s).steady);
}

TEST_CASE("somebody looks each minute whether SIIGO is back, where that costs nothing or little", "[siigo]") {
    struct Row {
        int good;  ///< calls before, one a second
        Ending ending;
        std::chrono::seconds longest;
    };
    for (const auto& row :
         {Row{0, Ending::not_sent, 60s}, Row{0, Ending::lost, 300s}, Row{0, Ending::broken, 300s},
          Row{600, Ending::not_sent, 60s}, Row{600, Ending::lost, 60s}, Row{600, Ending::broken, 60s}}) {
        INFO(row.good << " calls before");
        auto gate = gate_of();
        for (int i = 0; i < row.good; ++i) call(gate, at((i - row.good) * 1s), Ending::good);
        auto now = at(0ms);
        std::chrono::seconds longest{0};
        for (int i = 0; i < 14; ++i) {
            call(gate, now, row.ending);
            const auto wait = std::chrono::duration_cast<std::chrono::seconds>(gate.next(now).at - now.steady);
            longest = std::max(longest, wait);
            now = {now.steady + wait + 1s, now.wall + wait + 1s};
        }
        CHECK(longest == row.longest);
    }
}

TEST_CASE("an outage of half an hour leaves the failure share as free as it was", "[siigo]") {
    auto gate = gate_of();
    for (int i = 0; i < 2'000; ++i) call(gate, at((i - 2'000) * 5min), Ending::good);  // a week's calls
    auto now = at(0ms);
    for (const auto end = now.wall + 30min; now.wall < end;) {
        call(gate, now, Ending::lost);
        const auto wait = gate.next(now).at - now.steady;
        now = {now.steady + wait, now.wall + std::chrono::duration_cast<std::chrono::milliseconds>(wait)};
    }
    CHECK(gate.next(now).at - now.steady <= 60s);
    call(gate, now, Ending::good);
    CHECK(gate.status(now).state == State::healthy);
}

TEST_CASE("what never left SIIGO does not know of, but it opens the breaker", "[siigo]") {
    auto gate = gate_of();
    for (int i = 0; i < 5; ++i) call(gate, at(i * 1s), Ending::not_sent);
    const auto status = gate.status(at(5s));
    CHECK(status.calls_7d == 0);
    CHECK(status.sends_last_minute == 0);
    CHECK(status.state == State::breaker_open);
    CHECK(gate.next(at(5s)).reason == Reason::breaker);
    CHECK(gate.next(at(5s)).at == at(14s).steady);
}

TEST_CASE("probes come closer while they succeed and further apart while they fail", "[siigo]") {
    auto gate = gate_of();
    for (int i = 0; i < 100; ++i) call(gate, at((i - 99) * 1s), i < 45 ? Ending::rejected : Ending::good);
    CHECK(gate.status(at(0ms)).state == State::probing_only);
    auto now = at(0ms);
    for (const auto pause : {60s, 120s, 240s, 480s, 960s, 1920s}) {
        CHECK(gate.next(now).reason == Reason::probing);
        CHECK(gate.next(now).at == now.steady + pause);
        now = {now.steady + pause, now.wall + pause};
        call(gate, now, Ending::rejected);
    }
    for (const auto pause : {450s, 225s, 112s, 60s}) {
        now = {gate.next(now).at, now.wall + 900s};
        call(gate, now, Ending::good);
        CHECK(gate.next(now).at == now.steady + pause);
    }
}

TEST_CASE("while SIIGO fails for days, however often we restart, a probe goes out within 14 hours", "[siigo]") {
    for (const int calls_before : {60, 300, 3'000}) {
        INFO(calls_before << " calls before");
        auto gate = gate_of();
        auto now = at(0ms);
        for (int i = 0; i < calls_before; ++i) call(gate, now, Ending::good);
        std::chrono::nanoseconds longest{0};
        for (int probe = 0; now.steady < at(0ms).steady + 5 * 24h; ++probe) {
            if (probe % 7 == 6) {
                auto restarted = gate_of();
                REQUIRE(restarted.restore(gate.save(now), now) == CallGate::Restored::all);
                gate = std::move(restarted);
            }
            const auto last = now.steady;
            for (auto next = gate.next(now).at; next > now.steady; next = gate.next(now).at) {
                const auto wait = next - now.steady;
                now = {next, now.wall + std::chrono::duration_cast<Instant::Ticks>(wait)};
            }
            longest = std::max<std::chrono::nanoseconds>(longest, now.steady - last);
            call(gate, now, Ending::rejected);
            const auto status = gate.status(now);
            REQUIRE(status.failures_7d * 100 <= status.calls_7d * 55);
        }
        CHECK(longest <= 14h);
    }
}

TEST_CASE("SIIGO is out for two days after a healthy week: fewer than 25 % of the calls fail, however often we restart",
          "[siigo]") {
    struct Row {
        std::chrono::minutes interval;  ///< between calls, as the sync's is
        std::chrono::minutes life;      ///< of one process
    };
    for (const auto& [interval, life] : {Row{1min, 48h}, Row{5min, 48h}, Row{5min, 20min}, Row{15min, 48h},
                                         Row{15min, 2min}, Row{60min, 48h}, Row{60min, 30min}}) {
        INFO("a call every " << interval.count() << " min, a restart every " << life.count() << " min");
        auto gate = gate_of();
        auto now = at(0ms);
        for (; now.steady < at(0ms).steady + 7 * 24h; now = after(now, interval)) call(gate, now, Ending::good);

        const auto begun = now;
        auto born = now.steady;
        std::chrono::nanoseconds longest{0};
        for (auto last = now; now.steady < begun.steady + 48h; now = after(now, 10s)) {
            if (now.steady - born >= life) {
                auto restarted = gate_of();
                REQUIRE(restarted.restore(gate.save(now), now) == CallGate::Restored::all);
                gate = std::move(restarted);
                born = now.steady;
            }
            if (gate.next(now).at > now.steady) continue;
            longest = std::max<std::chrono::nanoseconds>(longest, now.steady - last.steady);
            last = now;
            call(gate, now, Ending::broken);
            const auto status = gate.status(now);
            REQUIRE(status.failures_7d * 4 < status.calls_7d);
        }
        CHECK(longest <= std::max<std::chrono::nanoseconds>(5min, 5 * interval / 2));
        call(gate, now = after(now, 3 * interval + 5min), Ending::good);
        CHECK(gate.status(now).state == State::healthy);
    }
}

TEST_CASE("the quota holds over a restart although the wall's clock is set forward meanwhile", "[siigo]") {
    auto gate = gate_of();
    for (int i = 0; i < 80; ++i) call(gate, at(i * 200ms), Ending::good);
    const auto state = gate.save(at(16s));

    const Moment later{at(20s).steady, at(20s).wall + 3h};
    auto restored = gate_of();
    REQUIRE(restored.restore(state, later) == CallGate::Restored::all);
    CHECK(restored.status(later).sends_last_minute == 80);
    CHECK(restored.next(later).at >= at(60s).steady);
}

TEST_CASE("the state outlives a restart with another monotonic clock", "[siigo]") {
    auto gate = gate_of();
    for (int i = 0; i < 30; ++i) call(gate, at(i * 1s), i < 3 ? Ending::rejected : Ending::good);
    for (int i = 0; i < 3; ++i) call(gate, at(30s), Ending::refused, /*refusal=*/true);
    gate.hold_until(at(10min).steady);
    const auto state = gate.save(at(30s));

    const Moment later{Steady{900h}, test::at("12:00") + 35s};
    auto restored = gate_of();
    CHECK(restored.restore(state, later) == CallGate::Restored::all);
    CHECK(restored.status(later).calls_7d == 33);
    CHECK(restored.status(later).failures_7d == 6);
    CHECK(restored.status(later).sends_last_minute == 33);
    CHECK(restored.status(later).state == State::refused);
    CHECK(restored.next(later).at == later.steady + 10min - 35s);
    CHECK(restored.save(later).size() == state.size());

    auto other_key = gate_of("u", "other");
    CHECK(other_key.restore(state, later) == CallGate::Restored::all);
    CHECK(other_key.status(later).state == State::healthy);
    CHECK(other_key.status(later).failures_7d == 6);
    auto other_user = gate_of("other", "k");
    CHECK(other_user.restore(state, later) == CallGate::Restored::all);
    CHECK(other_user.status(later).calls_7d == 0);
    CHECK(other_user.status(later).sends_last_minute == 33);  // the quota is the company's
}

TEST_CASE("a state that can't be read is unknown, an absent one is new", "[siigo]") {
    auto gate = gate_of();
    CHECK(gate.restore("", at(0ms)) == CallGate::Restored::nothing);
    CHECK(gate.next(at(0ms)).reason == Reason::nothing);

    call(gate, at(0ms), Ending::good);
    const auto state = gate.save(at(0ms));
    for (std::size_t i = 0; i < state.size(); ++i) {
        auto damaged = state;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
        auto other = gate_of();
        CHECK(other.restore(damaged, at(1s)) == CallGate::Restored::damaged);
        CHECK(other.next(at(1s)).at >= at(61s).steady);
    }
    auto newer = gate_of();
    CHECK(newer.restore(FieldWriter{9}.finish(), at(1s)) == CallGate::Restored::damaged);
}
