#include "http/change_reads.hpp"

#include "stockcast/store/keys.hpp"

#include <utility>

namespace stockcast {

Result<LedgerState> ledger_state_of(const Snapshot& snapshot) {
    const auto value = snapshot.get(Family::meta, keys::ledger_state);
    if (!value) return value.error();
    if (!*value) return LedgerState{};
    return decode_ledger_state(**value);
}

Result<std::optional<records::StoredChange>> change_at(const Snapshot& snapshot, Seq seq) {
    const auto value = snapshot.get(Family::changes, keys::change(seq));
    if (!value) return value.error();
    if (!*value) return std::optional<records::StoredChange>{};
    auto stored = records::decode_change(**value);
    if (!stored) return stored.error();
    return std::optional{*std::move(stored)};
}

Result<std::vector<Seq>> changes_of(const Snapshot& snapshot, std::string_view company, const ProductId& id, Seq before,
                                    std::size_t most) {
    auto range = keys::product_change_range(company, id);
    range.to = keys::product_change(company, id, before);
    std::vector<Seq> seqs;
    error_code damaged;
    const auto collect = [&](std::string_view key, std::string_view) {
        const auto entry = keys::product_change_of(key);
        if (entry)
            seqs.push_back(entry->seq);
        else
            damaged = entry.error();
        return entry && seqs.size() < most;
    };
    const auto scanned = snapshot.scan(Family::product_changes, range, Direction::descending, collect);
    if (!scanned) return scanned.error();
    if (damaged) return damaged;
    return seqs;
}

Result<Seq> first_change_since(const Snapshot& snapshot, Seq oldest, Seq head, Instant since) {
    Seq from = oldest;
    Seq to = head + 1;  // it is not before `from` and not behind `to`
    while (from < to) {
        const Seq middle = from + (to - from) / 2;
        const auto stored = change_at(snapshot, middle);
        if (!stored) return stored.error();
        // What retention takes meanwhile is older than what is kept.
        if (!*stored || (*stored)->change.recorded_at < since)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

}  // namespace stockcast
