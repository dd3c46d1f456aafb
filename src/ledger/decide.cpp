#include "stockcast/ledger/decide.hpp"

#include "ledger/properties.hpp"
#include "ledger/registers.hpp"
#include "ledger/stock.hpp"

#include <algorithm>

namespace stockcast {
namespace {

using namespace ledger;

/// What every part of a decision looks at.
struct Hearing {
    const Observation& said;
    Instant now;
    const DecideRules& rules;
    bool read_is_due;  ///< this is the read that a pending one waits for
};

/// Only of a notification: a page says as much of a figure as a read would.
bool misses_figure(const Observation& said, const Product& product) {
    return said.origin == Origin::notification && !said.available && has_stock(product);
}

void note_existence(Product& product, const Observation& said) {
    if (said.seen < product.existence_register.seen) return;
    product.existence_register.seen = said.seen;
    product.existence_register.seen_at = said.seen_at;
}

void note_believed(Product& product, const Observation& said) {
    if (said.source == Source::test) return;
    product.made_up = false;
    product.synced_at = std::max(product.synced_at, said.seen_at);
}

/// Keeps what a test displaces (of several tests the first knows SIIGO's figure); SIIGO's own word ends a test.
void note_test(Product& next, const Product& held, const Observation& said) {
    if (said.source != Source::test) return next.test.reset();
    if (next.test) return;
    next.test = TestInPlace{said.cause, held.available, held.warehouses, held.stock_updated, held.stock_register};
}

/// What was held before the test is held again, register included: as if the test had never been.
void put_back_stock(Decision& decision, const Product& held) {
    auto& next = decision.next;
    next.available = held.test->available;
    next.warehouses = held.test->warehouses;
    next.stock_updated = held.test->stock_updated;
    next.stock_register = held.test->stock_register;
    next.test.reset();
    decision.warehouses = warehouse_changes(held.warehouses, next.warehouses);
    decision.stock = Verdict::unchanged;
    if (held.available == next.available && decision.warehouses.empty()) return;
    decision.stock = Verdict::applied;
    decision.changes.push_back(ChangeType::stock_updated);
}

/// True when what was heard must be confirmed.
bool hear_stock(Decision& decision, const Product& held, const Hearing& hearing) {
    const auto& said = hearing.said;
    if (!said.available) return false;

    auto& next = decision.next;
    const auto word = word_of(said, said.stock_updated, hearing.now, hearing.rules);
    const auto agreement = compare_stock(held, said);
    const auto judgement = judge(held.stock_register, word, agreement, hearing.read_is_due, hearing.now, hearing.rules);
    decision.stock = judgement.verdict;
    if (judgement.taken == Taken::nothing) return judgement.doubt;
    note_test(next, held, said);

    if (judgement.taken == Taken::agreement) {
        take_agreeing_stock(next, said);
    } else {
        take_stock(next, said);
    }
    advance(next.stock_register, word, judgement.taken, agreement);

    decision.warehouses = warehouse_changes(held.warehouses, next.warehouses);
    if (held.available != next.available || !decision.warehouses.empty()) {
        decision.changes.push_back(ChangeType::stock_updated);
        decision.sum_differs = sum_differs(next);
        return judgement.doubt;
    }
    decision.stock = Verdict::unchanged;
    return judgement.doubt;
}

/// The names of members that change when `taken` is taken; a member that was both added to and contradicted stands
/// once.
std::vector<std::string> names_of(Difference difference, Taken taken) {
    auto names = std::move(difference.added);
    if (taken == Taken::agreement || taken == Taken::additions) return names;
    for (auto& name : difference.contradicted) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

void take_properties(Decision& decision, Json properties, const Json& said, Taken taken) {
    const bool all = taken == Taken::word || taken == Taken::authority;
    merge_members(properties, said, all ? Members::all : Members::only_new);
    put_properties(decision.next, properties);
    if (decision.next.properties.size() > properties_bytes_max) put_properties(decision.next, said);
}

bool hear_properties(Decision& decision, const Product& held, const Hearing& hearing) {
    const auto& said = hearing.said;
    const auto* members = said.properties.if_object();
    if (!members || members->empty()) return false;

    auto& next = decision.next;
    const auto word = word_of(said, said.last_updated, hearing.now, hearing.rules);
    const bool is_exact = says_exactly(said.properties, held.properties);
    Json properties = is_exact ? Json{} : read_properties(held);
    auto difference = is_exact ? Difference{} : compare_members(properties, said.properties);
    const auto agreement = !difference.contradicted.empty() ? Agreement::contradicts
                           : !difference.added.empty()      ? Agreement::adds
                                                            : Agreement::agrees;
    auto judgement = judge(held.property_register, word, agreement, hearing.read_is_due, hearing.now, hearing.rules);
    if (judgement.verdict == Verdict::stale && !difference.added.empty()) {
        judgement = {Taken::additions, Verdict::applied, true};
    }
    decision.properties = judgement.verdict;
    if (judgement.taken == Taken::nothing) return judgement.doubt;

    if (said.created && (judgement.taken != Taken::additions || !next.created)) next.created = said.created;
    if (said.last_updated && judgement.taken != Taken::additions) next.last_updated = said.last_updated;
    advance(next.property_register, word, judgement.taken, agreement);

    decision.changed = names_of(std::move(difference), judgement.taken);
    if (decision.changed.empty()) {
        decision.properties = Verdict::unchanged;
        return judgement.doubt;
    }
    decision.changes.push_back(ChangeType::product_updated);
    take_properties(decision, std::move(properties), said.properties, judgement.taken);
    return judgement.doubt;
}

/// Clears the pending read that this read (or absence) answers, or has it repeated when something was seen since it was
/// sent.
void answer_pending(std::optional<PendingRead>& pending, SeenTick sent, SeenTick newest_seen, const Hearing& hearing) {
    if (!pending) return;
    if (sent > pending->asked && sent >= newest_seen) {
        pending.reset();
        return;
    }
    pending->asked = std::max(pending->asked, newest_seen);
    pending->due = hearing.now + hearing.rules.ask_again;
}

/// A product as its first word tells it; `earlier` (may be null) is the deleted one that comes back.
Decision create(const Hearing& hearing, const Product* earlier) {
    const auto& said = hearing.said;
    Decision decision;
    auto& next = decision.next;
    next.company = said.company;
    next.id = said.product;
    next.made_up = said.source == Source::test;
    if (next.made_up) next.test = TestInPlace{.cause = said.cause};
    if (earlier) {
        next.number = earlier->number;
        next.code = earlier->code;
        next.name = earlier->name;
        next.seq = earlier->seq;
        next.changed_at = earlier->changed_at;
    } else if (next.made_up) {
        next.code = said.product.to_string();  // until the said one replaces it: a test may name an id alone
    }

    const Json properties = said.properties.if_object() ? said.properties : Json{Json::Object{}};
    put_properties(next, properties);
    next.created = said.created;
    next.last_updated = said.last_updated;
    advance(next.property_register, word_of(said, said.last_updated, hearing.now, hearing.rules), Taken::word,
            Agreement::adds);
    if (said.available) {
        take_stock(next, said);
        advance(next.stock_register, word_of(said, said.stock_updated, hearing.now, hearing.rules), Taken::word,
                Agreement::adds);
        decision.stock = Verdict::applied;
        decision.sum_differs = sum_differs(next);
    }
    note_existence(next, said);
    note_believed(next, said);
    if (next.made_up || misses_figure(said, next)) owe_read(next.pending, said.seen, hearing.now);

    decision.properties = Verdict::applied;
    decision.existence = Verdict::applied;
    decision.exists = true;
    decision.changed_record = true;
    decision.changes = {ChangeType::product_created};
    return decision;
}

Decision decide_unknown(const Hearing& hearing) {
    const auto& said = hearing.said;
    if (said.source == Source::test || !code_in(said.properties).empty()) return create(hearing, nullptr);

    // Without a code it can't be shown or found: what SIIGO says when asked tells more, if this was not already that.
    Decision decision;
    decision.existence = Verdict::deferred;
    decision.next.company = said.company;
    decision.next.id = said.product;
    if (said.origin == Origin::notification) owe_read(decision.next.pending, said.seen, hearing.now);
    return decision;
}

Decision decide_deleted(const Product& held, const Hearing& hearing) {
    const auto& said = hearing.said;
    const bool was_before = said.seen < held.existence_register.seen;
    const bool is_found = said.origin == Origin::read || (said.source == Source::test && held.made_up);
    if (is_found && !was_before) {
        auto decision = create(hearing, &held);
        if (held.pending && held.pending->asked >= said.seen) {
            owe_read(decision.next.pending, held.pending->asked, hearing.now + hearing.rules.ask_again);
        }
        return decision;
    }

    Decision decision;
    decision.next = held;
    decision.exists = true;
    decision.existence = was_before ? Verdict::stale : Verdict::deferred;
    if (!was_before) owe_read(decision.next.pending, said.seen, hearing.now);
    decision.changed_record = decision.next != held;
    return decision;
}

Decision decide_absence(const Product& held, const Hearing& hearing) {
    const auto& said = hearing.said;
    Decision decision;
    auto& next = decision.next = held;
    decision.exists = true;
    const auto newest = std::max({held.stock_register.seen, held.property_register.seen, held.existence_register.seen});
    const bool overtaken = said.seen < newest;

    if (held.deleted) {
        decision.existence = overtaken ? Verdict::stale : Verdict::unchanged;
        note_existence(next, said);
        answer_pending(next.pending, said.seen, newest, hearing);
    } else if (overtaken) {
        decision.existence = Verdict::deferred;
        owe_read(next.pending, newest, hearing.now);
        answer_pending(next.pending, said.seen, newest, hearing);
    } else {
        decision.existence = Verdict::applied;
        next.deleted = true;
        next.test.reset();
        note_existence(next, said);
        answer_pending(next.pending, said.seen, newest, hearing);
        decision.changes = {ChangeType::product_deleted};
    }
    decision.changed_record = next != held;
    return decision;
}

/// A made-up product goes; of another one the figure from before the test comes back. Nothing happens where SIIGO has
/// said something since.
Decision decide_withdrawal(const Product& held) {
    Decision decision;
    auto& next = decision.next = held;
    decision.exists = true;
    decision.existence = Verdict::unchanged;
    if (!held.test) return decision;
    if (held.made_up) {
        next.test.reset();
        next.deleted = true;
        decision.existence = Verdict::applied;
        decision.changes = {ChangeType::product_deleted};
    } else {
        put_back_stock(decision, held);
    }
    decision.changed_record = true;
    return decision;
}

Decision nothing_known_of(const Observation& said) {
    Decision decision;
    decision.existence = Verdict::unchanged;
    decision.next.company = said.company;
    decision.next.id = said.product;
    return decision;
}

Decision decide_known(const Product& held, const Hearing& hearing) {
    const auto& said = hearing.said;
    Decision decision;
    auto& next = decision.next = held;
    decision.exists = true;

    // Properties first: what they change is recorded before the stock that came with them.
    const bool properties_in_doubt = hear_properties(decision, held, hearing);
    const bool stock_in_doubt = hear_stock(decision, held, hearing);
    // SIIGO was asked and has no figure for it (a service): then the test's is not its either.
    if (said.origin == Origin::read && !said.available && held.test) put_back_stock(decision, held);
    decision.existence = Verdict::unchanged;
    note_existence(next, said);
    const auto is_believed = [](Verdict verdict) {
        return verdict == Verdict::applied || verdict == Verdict::unchanged;
    };
    if (is_believed(decision.stock) || is_believed(decision.properties)) note_believed(next, said);

    if (hearing.read_is_due) {
        const auto newest = std::max(held.stock_register.seen, held.property_register.seen);
        answer_pending(next.pending, said.seen, newest, hearing);
    }
    if (properties_in_doubt || stock_in_doubt) {
        owe_read(next.pending, said.seen, hearing.now + hearing.rules.confirm_after);
    }
    if (said.source == Source::test || misses_figure(said, next)) {
        owe_read(next.pending, said.seen, hearing.now);
    }
    decision.changed_record = next != held;
    return decision;
}

}  // namespace

Decision decide(const Product* held, const Observation& said, Instant now, const DecideRules& rules) {
    const bool read_is_due = said.origin == Origin::read && held && is_due(held->pending, now, rules);
    const Hearing hearing{said, now, rules, read_is_due};
    if (said.origin == Origin::absence) return held ? decide_absence(*held, hearing) : nothing_known_of(said);
    if (said.origin == Origin::withdrawal) return held ? decide_withdrawal(*held) : nothing_known_of(said);
    if (!held) return decide_unknown(hearing);
    if (held->deleted) return decide_deleted(*held, hearing);
    return decide_known(*held, hearing);
}

}  // namespace stockcast
