#include "ledger/examined.hpp"

#include "stockcast/ledger/fold.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace stockcast::ledger {
namespace {

std::string shown(const std::optional<Quantity>& figure) {
    return figure ? figure->to_string() : "?";
}

/// The causes of many changes at once: sorted and each but once, they are found in the logs by reading those nearly in
/// their own order. One look-up a change, in the order of `seq`, took four times as long.
class Causes {
public:
    explicit Causes(Examined& store) : store_(store) {}
    ~Causes() = default;
    Causes(const Causes&) = delete;
    Causes& operator=(const Causes&) = delete;

    void add(const Change& change) {
        if (change.cause.is_none()) {
            store_.findings.add({"change {seq} has no cause", "el cambio {seq} no tiene causa"}, {{"seq", change.seq}});
            return;
        }
        if (change.cause < store_.floors.logs) return;  // retention may have taken it
        causes_.push_back({change.product.company, change.cause, change.seq});
        if (causes_.size() == together) look_up();
    }

    void look_up() {
        std::ranges::sort(causes_, {}, [](const Cause& c) { return std::tie(c.company, c.id, c.seq); });
        const auto same = std::ranges::unique(
            causes_, [](const Cause& a, const Cause& b) { return a.id == b.id && a.company == b.company; });
        causes_.erase(same.begin(), same.end());
        for (const auto& [company, id, seq] : causes_) {
            const auto key = keys::log(company, id);
            if (store_.has(Family::webhook_logs, key) || store_.has(Family::sync_logs, key)) continue;
            store_.findings.add({"change {seq}: its cause {cause} is in no log",
                                 "cambio {seq}: su causa {cause} no está en ningún registro"},
                                {{"seq", seq}, {"cause", id.to_string()}});
            if (store_.findings.is_full()) break;
        }
        causes_.clear();
    }

private:
    static constexpr std::size_t together = 65'536;
    struct Cause {
        CompanyName company;
        LogId id;
        Seq seq;
    };
    Examined& store_;
    std::vector<Cause> causes_;
};

void check_old_stock(Examined& store, const Change& change, const Product& before) {
    if (change.type != ChangeType::stock_updated || change.old_stock == before.available) return;
    store.findings.add({"change {seq} says that {said} was there, the changes before it {folded}",
                        "el cambio {seq} dice que había {said}, los cambios anteriores {folded}"},
                       {{"seq", change.seq}, {"said", shown(change.old_stock)}, {"folded", shown(before.available)}});
}

/// What a version without tallies wrote has none, also one that was gone back to for a while (it knows no hash either),
/// and the first after it counts from nothing.
void check_tally(Examined& store, const records::StoredChange& stored, const std::optional<Tally>& before) {
    const auto& change = stored.change;
    if (!stored.hash && change.tally == Tally{}) return;
    auto expected = before.value_or(change.tally);
    if (before && (*before != Tally{} || change.tally != Tally{})) {
        if (change.source == Source::webhook) ++expected.announced;
        if (change.is_unannounced()) {
            ++expected.unannounced;
            expected.last_unannounced = change.seq;
        }
    }
    if (expected == change.tally) return;
    store.findings.add({"change {seq}: its tally of announced changes does not follow from the one before",
                        "el cambio {seq}: su cuenta de cambios anunciados no sigue de la anterior"},
                       {{"seq", change.seq}});
}

/// Whether each change's hash follows from that of the one before, from the oldest kept change of the chain to the head.
class Chain {
public:
    explicit Chain(Examined& store) : store_(store), from_(store.state.chained_from), hash_(ChainHash{}) {
        if (store.floors.changes > from_) hash_ = store.floors.changes_hash;
    }
    ~Chain() = default;
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    /// What follows can't be compared: a change is missing or damaged, which was told.
    void lose() { hash_.reset(); }

    void take(Seq seq, std::string_view value, const std::optional<ChainHash>& said) {
        if (seq < from_) return;
        if (!said) {
            store_.findings.add({"change {seq} carries no hash", "el cambio {seq} no lleva hash"}, {{"seq", seq}});
        } else if (hash_ && !records::is_next(value, *hash_)) {
            store_.findings.add(
                {"change {seq}: its hash does not follow from the one before: one of the two was altered",
                 "cambio {seq}: su hash no sigue del anterior: uno de los dos fue alterado"},
                {{"seq", seq}});
        }
        hash_ = said;  // each break is told once, where it is
    }

    void end() const {
        if (!hash_ || *hash_ == store_.state.head_hash) return;
        store_.findings.add({"the ledger's hash of its head {seq} is not that of the last change",
                             "el hash que el libro tiene de su cabeza {seq} no es el del último cambio"},
                            {{"seq", store_.state.head}});
    }

private:
    Examined& store_;
    const Seq from_;
    std::optional<ChainHash> hash_;  ///< of the change before; absent: not known
};

void fold_one(Examined& store, Change change) {
    auto& known = store.products[change.product.id];
    known.changes.add(change.seq);
    if (!known.folded) {
        known.folded.emplace();
        if (change.type != ChangeType::product_created) {
            store.findings.add({"change {seq} is the first of a product and not its creation",
                                "el cambio {seq} es el primero de un producto y no su creación"},
                               {{"seq", change.seq}});
            known.folded->available = change.old_stock;
        }
    }
    check_old_stock(store, change, *known.folded);
    shorten(change.product);
    fold(*known.folded, change);
}

/// Which of a product's changes and entries have no counterpart. Only asked for where the two sets differ.
void name_differences(Examined& store, const std::set<ProductId>& differing) {
    store.walk(Family::changes, {}, [&](std::string_view, std::string_view value) {
        const auto stored = records::decode_change(value);
        if (!stored || !differing.contains(stored->change.product.id)) return;
        const auto& change = stored->change;
        if (store.has(Family::product_changes,
                      keys::product_change(change.product.company, change.product.id, change.seq)))
            return;
        store.findings.add(
            {"change {seq} is missing in its product's history", "el cambio {seq} falta en la historia de su producto"},
            {{"seq", change.seq}});
    });
    store.walk(Family::product_changes, {}, [&](std::string_view key, std::string_view) {
        const auto entry = keys::product_change_of(key);
        if (!entry || !differing.contains(entry->id)) return;
        const auto value = store.snapshot->get(Family::changes, keys::change(entry->seq));
        const auto stored =
            value && *value ? records::decode_change(**value) : Result<records::StoredChange>{Errc::not_found};
        if (stored && stored->change.product.id == entry->id) return;
        store.findings.add({"product {product}: its history lists {seq}, which is no change of it",
                            "producto {product}: su historia lista {seq}, que no es un cambio suyo"},
                           {{"product", entry->id.to_string()}, {"seq", entry->seq}});
    });
}

}  // namespace

void examine_changes(Examined& store) {
    auto& findings = store.findings;
    auto expected = store.state.oldest;
    std::optional<Tally> tally;
    Causes causes{store};
    Chain chain{store};
    store.walk(Family::changes, {}, [&](std::string_view key, std::string_view value) {
        const auto seq = keys::seq_of(key);
        if (!seq) return findings.add({"changes: a key cannot be decoded", "changes: una clave no se puede descifrar"});
        if (*seq != expected) {
            findings.add({"changes: {expected} is missing, {seq} follows", "changes: falta {expected}, sigue {seq}"},
                         {{"expected", expected}, {"seq", *seq}});
            chain.lose();
        }
        expected = *seq + 1;
        auto stored = records::decode_change(value);
        if (!stored) {
            chain.lose();
            return findings.add(
                {"change {seq} cannot be decoded: {reason}", "el cambio {seq} no se puede descifrar: {reason}"},
                {{"seq", *seq}, {"reason", stored.error().message()}});
        }
        if (stored->change.seq != *seq) {
            findings.add({"change {seq} holds another seq", "el cambio {seq} dice otro número"}, {{"seq", *seq}});
        }
        chain.take(*seq, value, stored->hash);
        check_tally(store, *stored, tally);
        tally = stored->change.tally;
        causes.add(stored->change);
        fold_one(store, std::move(stored->change));
    });
    causes.look_up();
    if (tally && *tally != store.state.tally) {
        findings.add({"the tally of announced changes is not the last change's",
                      "la cuenta de cambios anunciados no es la del último cambio"});
    }
    if (expected != store.state.head + 1) {
        findings.add({"changes: the last is {last}, the head {head}", "changes: el último es {last}, la cabeza {head}"},
                     {{"last", expected - 1}, {"head", store.state.head}});
        chain.lose();
    }
    chain.end();
}

void examine_history(Examined& store) {
    store.walk(Family::product_changes, {}, [&](std::string_view key, std::string_view) {
        const auto entry = keys::product_change_of(key);
        if (!entry) {
            return store.findings.add(
                {"product_changes: a key cannot be decoded", "product_changes: una clave no se puede descifrar"});
        }
        store.products[entry->id].history.add(entry->seq);
    });
    constexpr std::size_t named_max = 1000;
    std::set<ProductId> differing;
    for (const auto& [id, known] : store.products) {
        if (known.changes != known.history && differing.size() < named_max) differing.insert(id);
    }
    if (!differing.empty()) name_differences(store, differing);
}

}  // namespace stockcast::ledger
