#include "siigo/call_gate.hpp"

#include <algorithm>

namespace stockcast::siigo {
namespace {

Steady to_steady(Instant at, Moment now) {
    return now.steady + std::chrono::duration_cast<Steady::duration>(at - now.wall);
}

bool is_failure(Ending ending) {
    return ending != Ending::good && ending != Ending::not_sent;
}

/// SIIGO or the way to it is out of order; a 4xx is an answer.
bool trips_breaker(Ending ending) {
    return ending == Ending::not_sent || ending == Ending::lost || ending == Ending::broken;
}

}  // namespace

CallGate::CallGate(QuotaWindow::Rules rules, CallerMarks marks) : marks_(std::move(marks)), quota_(rules) {}

CallGate::Permit CallGate::next(Moment now) const {
    Permit permit{now.steady, Reason::nothing};
    const auto not_before = [&](Steady at, Reason reason) {
        if (at > permit.at) permit = {at, reason};
    };
    not_before(quota_.earliest(now.steady), Reason::quota);
    not_before(hold_until_, Reason::named_wait);
    not_before(breaker_.earliest(now.steady), Reason::breaker);

    const bool sent_before = last_send_ != Steady::min();
    switch (share_.pace(now.wall)) {
        case FailureShare::Pace::free: break;
        case FailureShare::Pace::slowed:
            if (sent_before) not_before(last_send_ + slowed_spacing, Reason::slowed);
            break;
        case FailureShare::Pace::probes:
            if (sent_before) not_before(last_send_ + probe_pause_, Reason::probing);
            break;
        case FailureShare::Pace::stopped:
            not_before(to_steady(FailureShare::next_hour(now.wall), now), Reason::share_stopped);
            break;
    }
    if (refusals_.is_closed()) not_before(to_steady(refusals_.earliest(now.wall), now), Reason::refused);
    return permit;
}

void CallGate::reserved(Moment now) {
    quota_.started(now.steady);
    retries_.called(now.steady);
    last_send_ = now.steady;
}

void CallGate::ended(Moment now, Ending ending, bool counts_as_refusal) {
    if (ending == Ending::not_sent) {
        quota_.take_back();
    } else {
        quota_.ended(now.steady);
        share_.count(now.wall, is_failure(ending));
    }
    throttled_in_a_row_ = ending == Ending::throttled ? std::min(throttled_in_a_row_ + 1, 100U) : 0;
    if (trips_breaker(ending)) {
        breaker_.failed(now.steady, longest_look_pause(now.wall, ending));
    } else {
        breaker_.succeeded();
    }
    // While only probes go out, each good one halves the pause to the next, each bad one doubles it.
    if (share_.pace(now.wall) != FailureShare::Pace::probes || ending == Ending::good) {
        probe_pause_ = std::max(std::min(probe_pause_, probe_pause_usual_max) / 2, probe_pause_min);
    } else {
        probe_pause_ = std::min(probe_pause_ * 2, longest_probe_pause(now.wall));
    }
    if (counts_as_refusal) refusals_.refused(now.wall);
}

std::chrono::seconds CallGate::longest_probe_pause(Instant now) const {
    return std::max(share_.longest_pause(now), probe_pause_usual_max);
}

std::chrono::seconds CallGate::longest_look_pause(Instant now, Ending ending) const {
    if (!is_failure(ending) || share_.is_low(now)) return look_pause_max;
    return std::max(share_.outage_pause(now), rare_look_pause);
}

void CallGate::abandoned(Moment now, bool sent) {
    if (sent) {
        quota_.ended(now.steady);
        share_.count(now.wall, false);
    } else {
        quota_.take_back();
    }
}

bool CallGate::take_retry(Moment now) {
    return share_.pace(now.wall) == FailureShare::Pace::free && retries_.take(now.steady);
}

ClientStatus CallGate::status(Moment now) const {
    using State = ClientStatus::State;
    ClientStatus status;
    status.calls_7d = share_.calls(now.wall);
    status.failures_7d = share_.failures(now.wall);
    status.sends_last_minute = static_cast<unsigned>(quota_.sends_in_window(now.steady));
    const auto figures = std::to_string(status.failures_7d) + " of " + std::to_string(status.calls_7d) +
                         " calls of the last 7 days failed";
    const auto pace = share_.pace(now.wall);
    if (refusals_.is_closed()) {
        status.state = State::refused;
        status.detail = "SIIGO refuses the credentials; next probe at " + refusals_.earliest(now.wall).to_iso_s();
    } else if (pace == FailureShare::Pace::stopped) {
        status.state = State::probing_only;
        status.detail = figures + "; nothing is sent until old failures are forgotten";
    } else if (pace == FailureShare::Pace::probes) {
        status.state = State::probing_only;
        status.detail = figures + "; single calls only";
    } else if (breaker_.is_open()) {
        status.state = State::breaker_open;
        status.detail = "SIIGO does not answer; single probes only";
    } else if (pace == FailureShare::Pace::slowed) {
        status.state = State::slowed;
        status.detail = figures + "; longer pauses between calls";
    }
    return status;
}

}  // namespace stockcast::siigo
