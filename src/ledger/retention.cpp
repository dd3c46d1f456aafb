#include "stockcast/ledger/retention.hpp"

#include "stockcast/ledger/fold.hpp"
#include "stockcast/store/floors.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <utility>

namespace stockcast {
namespace {

/// The changes that go, gathered by product.
class Leaving {
public:
    Leaving(const Snapshot& snapshot, Floors& floors, Instant cutoff, std::size_t changes_max)
        : snapshot_(snapshot), floors_(floors), cutoff_(cutoff), changes_max_(changes_max) {}

    Result<void> gather() {
        const auto scanned = snapshot_.scan(Family::changes, {keys::change(floors_.changes), {}}, Direction::ascending,
                                            [this](std::string_view, std::string_view value) { return take(value); });
        if (!scanned) return scanned;
        return failed_ ? Result<void>{failed_} : Result<void>{};
    }

    std::uint64_t count() const { return count_; }
    bool is_all() const { return count_ < changes_max_; }
    Batch anchors() const {
        Batch batch;
        for (const auto& [key, product] : anchors_) batch.put(Family::meta, key, records::encode(product));
        return batch;
    }

private:
    bool take(std::string_view value) {
        const auto stored = records::decode_change(value);
        if (!stored) return fail(stored.error());
        const auto& change = stored->change;
        // The clock may have been set back meanwhile: what follows a young change stays, or `seq` would have a gap.
        if (change.recorded_at >= cutoff_) return false;
        if (!fold_into_anchor(change)) return false;
        floors_.changes = change.seq + 1;
        floors_.changes_hash = stored->hash.value_or(ChainHash{});
        floors_.changes_until = std::max(floors_.changes_until.value_or(change.recorded_at), change.recorded_at);
        return ++count_ < changes_max_;
    }

    bool fold_into_anchor(const Change& change) {
        auto key = keys::anchor(change.product.company, change.product.id);
        auto known = anchors_.find(key);
        if (known == anchors_.end()) {
            const auto kept = snapshot_.get(Family::meta, key);
            if (!kept) return fail(kept.error());
            auto anchor = *kept ? records::decode_product(**kept) : Result<Product>{Product{}};
            if (!anchor) return fail(anchor.error());
            known = anchors_.emplace(std::move(key), *std::move(anchor)).first;
        }
        fold(known->second, change);
        return true;
    }

    bool fail(error_code why) {
        failed_ = why;
        return false;
    }

    const Snapshot& snapshot_;
    Floors& floors_;
    const Instant cutoff_;
    const std::size_t changes_max_;
    std::map<std::string, Product> anchors_;
    std::uint64_t count_ = 0;
    error_code failed_;
};

// Not a bool: Boost's result can't tell an error_code from one.
enum class Old { none, some };

/// Whether any company has an entry below `floor`. The first of each company tells, as its logs are ordered by time.
Result<Old> has_below(const Snapshot& snapshot, Family family, const LogId& floor) {
    auto found = Old::none;
    for (KeyRange rest; found == Old::none;) {
        std::optional<std::string> first;
        const auto scanned =
            snapshot.scan(family, rest, Direction::ascending, [&](std::string_view key, std::string_view) {
                first.emplace(key);
                return false;
            });
        if (!scanned) return scanned.error();
        if (!first) break;
        const auto id = keys::log_id_of(*first);
        const auto company = keys::company_of(*first);
        if (!id || !company) return Errc::store_damaged;
        if (*id < floor) found = Old::some;
        rest.from = keys::company_range(*company).to;
    }
    return found;
}

/// Raises a floor where something is to go: an idle shop's store need not be written every hour.
Result<void> raise(LogId& floor, const std::optional<Instant>& cutoff, const Snapshot& snapshot,
                   std::initializer_list<Family> families) {
    // An id has no time before 1970; a machine without a clock of its own can wake up there.
    if (!cutoff || *cutoff <= Instant{}) return {};
    const auto wanted = LogId::first_at(*cutoff);
    for (const auto family : families) {
        const auto found = has_below(snapshot, family, wanted);
        if (!found) return found.error();
        if (*found == Old::some) floor = std::max(floor, wanted);
    }
    return {};
}

}  // namespace

Result<RetentionPlan> plan_retention(const Store& store, const RetentionCutoffs& cutoffs, std::size_t changes_max) {
    const auto before = store.floors();
    auto floors = before;
    const auto snapshot = store.snapshot();
    const auto logs = raise(floors.logs, cutoffs.logs, *snapshot, {Family::webhook_logs, Family::sync_logs});
    if (!logs) return logs.error();
    const auto audit = raise(floors.audit, cutoffs.audit, *snapshot, {Family::audit});
    if (!audit) return audit.error();

    RetentionPlan plan;
    if (cutoffs.changes) {
        Leaving leaving{*snapshot, floors, *cutoffs.changes, changes_max};
        if (const auto gathered = leaving.gather(); !gathered) return gathered.error();
        plan.changes = leaving.count();
        plan.is_all = leaving.is_all();
        plan.submission.records = leaving.anchors();
    }
    if (floors != before) plan.submission.floors = floors;
    return plan;
}

}  // namespace stockcast
