#include "ledger/registers.hpp"

#include <algorithm>

namespace stockcast::ledger {
namespace {

enum class Order { first, newer, same, older, unclear };

Order order_of(const Register& held, const Word& word) {
    if (held == Register{}) return Order::first;
    if (!held.stamp || !word.stamp) return Order::unclear;
    if (*word.stamp == *held.stamp) return Order::same;
    return *word.stamp > *held.stamp ? Order::newer : Order::older;
}

constexpr Judgement applied{Taken::word, Verdict::applied, false};
constexpr Judgement applied_in_doubt{Taken::word, Verdict::applied, true};
constexpr Judgement deferred{Taken::nothing, Verdict::deferred, true};
constexpr Judgement stale{Taken::nothing, Verdict::stale, false};

Judgement judge_older(const Word& word, Agreement agreement, bool was_before) {
    const bool against = word.is_polled() && !was_before && agreement == Agreement::contradicts;
    return against ? deferred : stale;
}

Judgement judge_same(const Word& word, bool was_before) {
    if (!word.is_polled()) return deferred;
    if (was_before) return stale;
    return word.origin == Origin::read ? applied : deferred;
}

/// Contradiction, and no stamps to tell which of the two is newer.
Judgement judge_unclear(const Register& held, const Word& word, bool was_before, bool is_recent) {
    if (was_before && word.is_polled()) return stale;
    const bool surely_newer = word.stamp && *word.stamp >= held.seen_at;
    if (surely_newer) return applied;
    if (was_before) return deferred;
    // The API lags, so a poll may be older than a notification that came before it, though not than another poll. A
    // notification without a stamp is taken in the order of arrival, unless what is held has a stamp, of which it
    // cannot be said to be newer.
    const bool held_may_be_newer = is_recent && (word.is_polled() ? !held.polled : held.stamp && !word.stamp);
    return held_may_be_newer ? deferred : applied_in_doubt;
}

}  // namespace

Word word_of(const Observation& said, std::optional<Instant> stamp, Instant now, const DecideRules& rules) {
    if (stamp && *stamp > now + rules.clock_trust) stamp.reset();
    return {said.origin, said.source, said.seen, said.seen_at, stamp};
}

Judgement judge(const Register& held, const Word& word, Agreement agreement, bool read_is_due, Instant now,
                const DecideRules& rules) {
    const bool was_before = word.seen < held.seen;
    const bool is_recent = held.seen_at + rules.recent > now;

    // A read is no later than another poll just because it was sent later: where both have stamps, these tell.
    const auto order = order_of(held, word);
    const bool follows_a_poll = held.polled && order != Order::older;
    if (word.origin == Origin::read && !was_before && (read_is_due || !is_recent || follows_a_poll)) {
        return {Taken::authority, Verdict::applied, false};
    }
    // The administrator's own word: a read follows at once whatever it says.
    if (word.source == Source::test) return applied;

    switch (order) {
        case Order::first:
        case Order::newer: return applied;
        case Order::older: return judge_older(word, agreement, was_before);
        case Order::same:
            if (agreement == Agreement::contradicts) return judge_same(word, was_before);
            break;
        case Order::unclear:
            if (agreement == Agreement::contradicts) return judge_unclear(held, word, was_before, is_recent);
            break;
    }
    return {Taken::agreement, Verdict::applied, false};
}

void advance(Register& held, const Word& word, Taken taken, Agreement agreement) {
    if (taken == Taken::nothing || taken == Taken::additions) return;

    if (taken == Taken::authority && (word.stamp || agreement == Agreement::contradicts)) {
        held.stamp = word.stamp;
    } else if (word.stamp && (!held.stamp || *held.stamp < *word.stamp)) {
        held.stamp = word.stamp;  // otherwise the highest stamp seen is never forgotten
    }
    if (word.seen >= held.seen) {
        held.seen = word.seen;
        held.seen_at = word.seen_at;
        held.polled = word.is_polled();
    }
}

void owe_read(std::optional<PendingRead>& pending, SeenTick asked, Instant due) {
    if (!pending) {
        pending = PendingRead{due, asked};
        return;
    }
    pending->due = std::min(pending->due, due);
    pending->asked = std::max(pending->asked, asked);
}

bool is_due(const std::optional<PendingRead>& pending, Instant now, const DecideRules& rules) {
    return pending &&
           (pending->due <= now || pending->due > now + std::max<Instant::Ticks>(rules.confirm_after, rules.ask_again));
}

}  // namespace stockcast::ledger
