#pragma once

#include "siigo/circuit_breaker.hpp"
#include "siigo/failure_share.hpp"
#include "siigo/quota_window.hpp"
#include "siigo/refusal_gate.hpp"
#include "siigo/retry_budget.hpp"
#include "siigo/retry_policy.hpp"

#include "stockcast/siigo/client.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::siigo {

/// The same moment by both clocks: waits are counted by the one, what outlives a restart by the other.
struct Moment {
    Steady steady;
    Instant wall;
};

/// Whose calls these are, as digests that tell nothing of the secret: the failure share belongs to an API user,
/// refusals to a user with one access key. After a change of key nothing is held against the new one.
struct CallerMarks {
    std::string user;
    std::string user_and_key;
    static CallerMarks of(const ClientSettings& settings);
};

/// Every reason why a request may not go out now, in one place: quota and spacing, waits that SIIGO named, breaker,
/// failure share, refusals. Pure but for the passing of time, which it is told. Its state outlives restarts (`save`,
/// `restore`).
class CallGate {
public:
    /// Pauses between calls while the failure share is too high. Those between probes grow to FailureShare's longest
    /// pause, if that is more than 15 min, and begin again at half of that when one succeeds.
    static constexpr std::chrono::seconds slowed_spacing{10};
    static constexpr std::chrono::seconds probe_pause_min{60};
    static constexpr std::chrono::seconds probe_pause_usual_max{900};
    /// Between looks whether a SIIGO that does not answer is back. One a minute costs nothing where nothing of it reaches
    /// SIIGO, and little while few calls of the week failed; else they are rare.
    static constexpr std::chrono::seconds look_pause_max{60};
    static constexpr std::chrono::seconds rare_look_pause{300};

    enum class Reason { nothing, quota, named_wait, breaker, slowed, probing, share_stopped, refused };
    struct Permit {
        Steady at;
        Reason reason = Reason::nothing;
    };

    CallGate(QuotaWindow::Rules rules, CallerMarks marks);

    /// When the next request may go out, and what it waits for.
    Permit next(Moment now) const;

    /// A request is about to go out: its place in the quota is taken.
    void reserved(Moment now);
    /// It goes out now (the reservation is durable).
    void leaves(Steady now) { quota_.left(now); }
    /// It was answered, or failed. `counts_as_refusal`: a 401/403 that no newer token would have spared us.
    void ended(Moment now, Ending ending, bool counts_as_refusal);
    /// We were stopped while it was under way, or could not make the reservation durable.
    void abandoned(Moment now, bool sent);
    /// SIIGO works with us again: a call with the token was answered.
    void accepted() { refusals_.accepted(); }
    /// Nobody asks before that: SIIGO named a wait, or a 429 calls for one.
    void hold_until(Steady at) { hold_until_ = std::max(hold_until_, at); }

    /// Takes a retry out of the budget. None while the failure share is high: a retry that fails raises it.
    bool take_retry(Moment now);
    unsigned throttled_in_a_row() const { return throttled_in_a_row_; }

    ClientStatus status(Moment now) const;

    std::string save(Moment now) const;
    enum class Restored { nothing, all, damaged };
    /// `damaged`: what was sent in the last minute is not known, so the quota counts as used up.
    Restored restore(std::string_view state, Moment now);

private:
    bool read(std::string_view state, Moment now);
    std::chrono::seconds longest_probe_pause(Instant now) const;
    std::chrono::seconds longest_look_pause(Instant now, Ending ending) const;

    CallerMarks marks_;
    QuotaWindow quota_;
    RetryBudget retries_;
    CircuitBreaker breaker_;
    FailureShare share_;
    RefusalGate refusals_;
    Steady hold_until_ = Steady::min();
    Steady last_send_ = Steady::min();
    std::chrono::seconds probe_pause_{probe_pause_min};
    unsigned throttled_in_a_row_ = 0;
};

}  // namespace stockcast::siigo
