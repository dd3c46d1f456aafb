#pragma once

#include "stockcast/base/log.hpp"
#include "stockcast/ledger/invariants.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/store/floors.hpp"
#include "stockcast/store/store.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the examination of a store (invariants.hpp) carries from family to family.
namespace stockcast::ledger {

class Findings {
public:
    explicit Findings(std::size_t most) : most_(most) {}
    void add(Sentence sentence, std::initializer_list<Field> fields = {}) {
        if (is_full()) return;
        all_.push_back({fill_in(sentence.english, fields), fill_in(sentence.spanish, fields)});
    }
    /// One more than may be told: so it is known that there are others.
    bool is_full() const { return all_.size() > most_; }
    std::vector<Finding> take() &&;

private:
    std::size_t most_;
    std::vector<Finding> all_;
};

/// A set of seqs, small enough to have one for each product: two that are equal hold the same (but for one in 2^64).
struct SeqSet {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;  ///< of the seqs, each scrambled
    void add(Seq seq);
    bool operator==(const SeqSet&) const = default;
};

/// One product, as the families tell of it. The properties of both are replaced by a digest.
struct Known {
    std::optional<Product> held;
    std::optional<Product> folded;
    SeqSet changes;  ///< of it in the change log
    SeqSet history;  ///< listed in `product_changes`
};

struct Examined {
    Examined(const Store& store, const Examination& examination)
        : snapshot(store.snapshot()), how(examination), findings(examination.findings_max) {}

    std::unique_ptr<Snapshot> snapshot;
    const Examination& how;
    Findings findings;
    LedgerState state;
    Floors floors;
    std::map<ProductId, Known> products;
    LedgerCounters counted;

    /// Walks all of a range, unless there is more to tell already than may be told. `visit` returns nothing.
    template <class Visitor>
    void walk(Family family, const KeyRange& range, Visitor visit) {
        std::uint64_t seen = 0;
        const auto walked =
            snapshot->scan(family, range, Direction::ascending, [&](std::string_view key, std::string_view value) {
                visit(key, value);
                if (++seen % 8192 == 0 && how.progress) how.progress(family, seen);
                return !findings.is_full();
            });
        if (!walked) unreadable(family, walked.error());
        if (how.progress) how.progress(family, seen);
    }
    bool has(Family family, const std::string& key);
    void unreadable(Family family, error_code why);
};

/// Replaces the properties by a digest: they are the bulk of a product, and only compared.
void shorten(Product& product);

/// Walks the change log: seqs without a gap, hashes that follow from each other, causes in the logs, folded into `products`.
void examine_changes(Examined& store);
/// Compares the products' history with the changes that were walked.
void examine_history(Examined& store);

}  // namespace stockcast::ledger
