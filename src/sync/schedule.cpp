#include "sync/schedule.hpp"

#include <algorithm>

namespace stockcast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr minutes clock_slack{2};
constexpr minutes second_look{5};
constexpr minutes pause_max{15};

milliseconds until_full(const SyncState& state, const SyncSettings& settings, Instant wall) {
    if (!state.first_completed || !state.last_full_started) return milliseconds{0};
    // A start that lies ahead means that our clock was wrong, then or now: who knows how old the pass is.
    if (*state.last_full_started > wall + clock_slack) return milliseconds{0};
    const auto period =
        state.suspects ? std::min<milliseconds>(settings.full_interval, second_look) : settings.full_interval;
    const auto age = std::chrono::duration_cast<milliseconds>(wall - *state.last_full_started);
    return std::max(milliseconds{0}, period - age);
}

}  // namespace

DuePass next_pass(const SyncState& state, const SyncSettings& settings, Instant wall,
                  std::optional<milliseconds> since_start, std::optional<SyncKind> requested) {
    if (requested) {
        const auto kind = state.first_completed ? *requested : SyncKind::full;
        return {kind, Source::manual_sync, milliseconds{0}};
    }
    const auto full = until_full(state, settings, wall);
    const auto incremental =
        since_start ? std::max(milliseconds{0}, settings.interval - *since_start) : milliseconds{0};
    if (full <= incremental) return {SyncKind::full, Source::scheduled_sync, full};
    return {SyncKind::incremental, Source::scheduled_sync, incremental};
}

Instant updated_start(const SyncState& state, const SyncSettings& settings, Instant wall) {
    const auto overlap = std::max<milliseconds>(settings.interval, clock_slack);
    const auto two_intervals = wall - 2 * settings.interval;
    if (!state.last_started) return two_intervals;
    return std::min(two_intervals, *state.last_started - overlap);
}

milliseconds resume_pause(unsigned failures, milliseconds longest, milliseconds wanted, double jitter) {
    const auto cap = std::min<milliseconds>(longest, pause_max);
    const auto doublings = std::min(failures > 0 ? failures - 1 : 0U, 10U);
    // 15 s to 25 s the first time: within the 30 s that are promised, and not all installations at once.
    const auto base = milliseconds{15'000} * (1U << doublings);
    const auto spread =
        milliseconds{static_cast<std::int64_t>(10'000.0 * static_cast<double>(1U << doublings) * jitter)};
    return std::clamp(std::max(base + spread, wanted), std::min(cap, milliseconds{1'000}), cap);
}

milliseconds longest_pause(const siigo::Client& client, milliseconds usual) {
    constexpr milliseconds look{60'000};
    const bool is_looked_for =
        client.status().state == siigo::ClientStatus::State::breaker_open && client.wait_hint() <= look;
    return is_looked_for ? std::min(usual, look) : usual;
}

}  // namespace stockcast
