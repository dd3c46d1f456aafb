#include "stockcast/ledger/step.hpp"

#include "ledger/registers.hpp"

#include "stockcast/model/concerned.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

namespace stockcast {
namespace {

/// A product of this batch: what the store still has of it, to see at the end which keys must change.
struct Touched {
    Held::value_type* entry;
    bool existed;
    std::optional<std::string> indexed_code;  ///< under which the store lists it; a deleted one is not listed
    std::optional<PendingRead> pending;
    bool changed_record = false;
    std::optional<PendingRead> loose_pending;  ///< of a product that is still unknown
    bool loose_settled = false;                ///< SIIGO was asked for it and told nothing that can be kept
};

std::optional<std::string> indexed_code(const std::optional<Product>& product) {
    if (!product || product->deleted) return std::nullopt;
    return product->code;
}

WebhookResult result_of(const Decision& decision, const Observation& said) {
    const auto has = [&](Verdict verdict) {
        return decision.stock == verdict || decision.properties == verdict || decision.existence == verdict;
    };
    if (!decision.changes.empty()) return WebhookResult::applied;
    const bool asks =
        decision.stock == Verdict::unsaid && decision.next.pending && decision.next.pending->asked == said.seen;
    if (asks || has(Verdict::deferred)) return WebhookResult::deferred;
    if (decision.stock == Verdict::stale || decision.existence == Verdict::stale) return WebhookResult::stale;
    if (decision.properties == Verdict::stale && decision.stock == Verdict::unsaid) return WebhookResult::stale;
    return WebhookResult::unchanged;
}

class Working {
public:
    Working(Held& held, const LedgerState& before, Instant now, const DecideRules& rules)
        : held_(held), now_(now), rules_(rules) {
        out_.state = before;
        roll_over(out_.state.counters, out_.state.webhook_minutes, now, out_.state.head);
    }

    void take(const Submission& submission) {
        Commit commit;
        commit.outcomes.reserve(submission.observations.size());
        for (const auto& said : submission.observations) commit.outcomes.push_back(hear(said));
        if (submission.webhook) log(*submission.webhook, commit);
        out_.batch.append(submission.records);
        if (submission.floors) {
            out_.state.oldest = submission.floors->changes;
            out_.batch.put(Family::meta, std::string{keys::floors}, encode(*submission.floors));
        }
        out_.commits.push_back(std::move(commit));
    }

    Step finish() {
        for (auto& product : touched_) write(product);
        roll_over(out_.state.counters, out_.state.webhook_minutes, now_, out_.state.head);
        out_.batch.put(Family::meta, std::string{keys::ledger_state}, encode(out_.state));
        for (auto& commit : out_.commits) commit.head = out_.state.head;
        out_.notice.head = out_.state.head;
        out_.notice.head_hash = out_.state.head_hash;
        out_.notice.oldest = out_.state.oldest;
        return std::move(out_);
    }

private:
    Touched& touch(const Observation& said) {
        auto& entry = *held_.try_emplace({said.company, said.product}).first;
        const auto [place, is_new] = places_.try_emplace(&entry, touched_.size());
        if (is_new) {
            const auto& product = entry.second;
            touched_.push_back({&entry, product.has_value(), indexed_code(product),
                                product ? product->pending : std::nullopt, false, std::nullopt, false});
        }
        return touched_[place->second];
    }

    Outcome hear(const Observation& said) {
        auto& touched = touch(said);
        auto& slot = touched.entry->second;
        out_.state.ticks = std::max(out_.state.ticks, said.seen);

        const auto unannounced_before = out_.state.tally.unannounced;
        auto decision = decide(slot ? &*slot : nullptr, said, now_, rules_);
        Outcome outcome;
        outcome.result = result_of(decision, said);
        if (slot) outcome.old_stock = slot->available;
        if (decision.exists) {
            keep(touched, decision, said);
            outcome.number = slot->number;
            outcome.seq = decision.changes.empty() ? 0 : slot->seq;
        } else {
            keep_loose(touched, decision, said);
        }
        const auto& after = slot ? *slot : decision.next;
        outcome.new_stock = after.available;
        outcome.changed = !decision.changes.empty();
        outcome.unannounced = out_.state.tally.unannounced - unannounced_before;
        outcome.created = std::ranges::count(decision.changes, ChangeType::product_created) > 0;
        const auto& pending = slot ? slot->pending : touched.loose_pending;
        if (pending) outcome.read_due = pending->due;
        return outcome;
    }

    /// Leaves the slot holding what was decided.
    void keep(Touched& touched, Decision& decision, const Observation& said) {
        auto& slot = touched.entry->second;
        auto& next = decision.next;
        auto& counters = out_.state.counters;
        if (next.number == 0) next.number = out_.state.next_number++;
        touched.changed_record = touched.changed_record || decision.changed_record;

        if (!decision.changes.empty()) {
            const bool counted_today = slot && slot->seq > counters.today_behind;
            if (!counted_today) ++counters.updated_today;
            touched.changed_record = true;
            if (decision.sum_differs) out_.odd_sums.push_back(next.code);
            for (const auto type : decision.changes) record(type, slot, decision, said);
        }
        if (slot) count_product(counters, *slot, Count::out);
        count_product(counters, next, Count::in);
        slot = std::move(next);
    }

    void keep_loose(Touched& touched, const Decision& decision, const Observation& said) {
        if (decision.next.pending) {
            ledger::owe_read(touched.loose_pending, decision.next.pending->asked, decision.next.pending->due);
        } else if (said.origin == Origin::read || said.origin == Origin::absence) {
            touched.loose_pending.reset();
            touched.loose_settled = true;
        }
    }

    /// Serialises one change once: the same bytes go into the log, to every client and into every later resume.
    void record(ChangeType type, std::optional<Product>& before, Decision& decision, const Observation& said) {
        auto& next = decision.next;
        next.seq = ++out_.state.head;
        next.changed_at = now_;

        records::StoredChange stored;
        auto& change = stored.change;
        change.seq = next.seq;
        change.type = type;
        change.source = said.source;
        change.cause = said.cause;
        change.recorded_at = now_;
        change.tally = tallied(change, before, said);
        const bool tells_stock = type == ChangeType::stock_updated || type == ChangeType::product_deleted;
        if (tells_stock && before) change.old_stock = before->available;
        if (type == ChangeType::stock_updated) change.warehouses = decision.warehouses;
        if (type == ChangeType::product_updated) change.changed = std::move(decision.changed);

        // Each change holds the product as it was right after it: here the new figure is only the next change's.
        const bool stock_follows =
            type == ChangeType::product_updated && before && decision.changes.back() == ChangeType::stock_updated;
        if (stock_follows) swap_stock(next, *before);
        change.product = std::move(next);
        write_change_json(stored.event, change);
        out_.batch.put(Family::changes, keys::change(change.seq), records::encode_next(stored, out_.state.head_hash));
        out_.state.head_hash = *stored.hash;
        auto concerned = warehouses_concerned(change);
        next = std::move(change.product);
        if (stock_follows) swap_stock(next, *before);

        out_.batch.put(Family::product_changes, keys::product_change(next.company, next.id, next.seq), {});
        publish(type, decision, std::move(concerned), std::move(stored.event));
    }

    /// A deletion no webhook tells of, and a product that is owed a read was pointed at by somebody: neither counts as
    /// something that SIIGO kept quiet about.
    const Tally& tallied(const Change& change, const std::optional<Product>& before, const Observation& said) {
        auto& tally = out_.state.tally;
        if (said.source == Source::webhook) ++tally.announced;
        const bool was_asked_for = before && before->pending;
        if (said.mirror_was_complete && change.type != ChangeType::product_deleted && !was_asked_for) {
            ++tally.unannounced;
            tally.last_unannounced = change.seq;
        }
        return tally;
    }

    static void swap_stock(Product& a, Product& b) {
        std::swap(a.available, b.available);
        std::swap(a.warehouses, b.warehouses);
        std::swap(a.stock_updated, b.stock_updated);
    }

    void publish(ChangeType type, const Decision& decision, std::vector<std::string> warehouses, std::string event) {
        const auto& next = decision.next;
        out_.notice.changes.push_back(
            {next.seq, type, next.company, next.id, next.code, std::move(warehouses), std::move(event)});
    }

    void log(WebhookLog entry, const Commit& commit) {
        if (!commit.outcomes.empty()) {
            const auto& outcome = commit.outcomes.front();
            entry.result = outcome.result;
            entry.processed = true;
            entry.old_stock = outcome.old_stock;
            entry.new_stock = outcome.new_stock;
        }
        auto& state = out_.state;
        ++state.counters.webhooks;
        if (entry.processed) ++state.counters.webhooks_processed;
        const auto minute = std::chrono::floor<std::chrono::minutes>(now_.since_epoch()).count();
        if (state.webhook_minutes.empty() || state.webhook_minutes.back().first != minute) {
            state.webhook_minutes.emplace_back(minute, 0);
        }
        ++state.webhook_minutes.back().second;
        out_.batch.put(Family::webhook_logs, keys::log(entry.company, entry.id), records::encode(entry));
    }

    /// Once a product and batch, however often it was heard of.
    void write(Touched& touched) {
        const auto& [company, id] = touched.entry->first;
        const auto& product = touched.entry->second;
        if (touched.changed_record) {
            out_.batch.put(Family::products, keys::product(company, id), records::encode(*product));
            out_.notice.written.push_back({company, id});
        }

        if (const auto code = indexed_code(product); code != touched.indexed_code) {
            if (touched.indexed_code) {
                out_.batch.erase(Family::product_codes, keys::product_code(company, *touched.indexed_code, id));
            }
            if (code) out_.batch.put(Family::product_codes, keys::product_code(company, *code, id), {});
        }

        const auto& pending = product ? product->pending : touched.loose_pending;
        if (pending && pending != touched.pending) {
            out_.batch.put(Family::meta, keys::pending_read(company, id), records::encode(*pending));
            out_.notice.reads.push_back({company, id, pending->due});
        }
        // One that was unknown may have been owed a read that only the key remembers.
        const bool may_have_key = touched.pending || (product && !touched.existed) || touched.loose_settled;
        if (!pending && may_have_key) out_.batch.erase(Family::meta, keys::pending_read(company, id));
    }

    Held& held_;
    const Instant now_;
    const DecideRules& rules_;
    Step out_;
    std::vector<Touched>
        touched_;  ///< in the order of their first appearance, so that the batch is the same every time
    std::unordered_map<const Held::value_type*, std::size_t> places_;
};

}  // namespace

Step step(Held& held, std::span<const Submission> submissions, const LedgerState& before, Instant now,
          const DecideRules& rules) {
    Working working{held, before, now, rules};
    for (const auto& submission : submissions) working.take(submission);
    return working.finish();
}

}  // namespace stockcast
