#include "http/product_past.hpp"

#include "http/change_reads.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/ledger/fold.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace stockcast {
namespace {

Result<Seq> seq_at(const Snapshot& snapshot, const LedgerState& kept, const Moment& moment) {
    if (const auto* seq = std::get_if<Seq>(&moment)) {
        if (*seq > kept.head) return Errc::malformed;
        return *seq;
    }
    // `timestamp` of a change is cut to milliseconds: asked for by it, the change itself must be in.
    const auto after = Instant::from_unix_ms(std::get<Instant>(moment).unix_ms()) + std::chrono::milliseconds{1};
    const auto next = first_change_since(snapshot, kept.oldest, kept.head, after);
    if (!next) return next.error();
    return *next - 1;
}

Result<Product> as_of_change(const Snapshot& snapshot, Seq seq) {
    const auto stored = change_at(snapshot, seq);
    if (!stored) return stored.error();
    if (!*stored) return Errc::out_of_bounds;  // retention took it just now
    const auto& change = (*stored)->change;
    Product product;
    fold(product, change);
    if (change.type == ChangeType::product_deleted) product.available = change.old_stock;
    return product;
}

/// What the changes that are gone had made of it.
Result<Product> as_of_anchor(const Snapshot& snapshot, std::string_view company, const ProductId& id,
                             const Moment& moment) {
    const auto value = snapshot.get(Family::meta, keys::anchor(company, id));
    if (!value) return value.error();
    if (!*value) return Errc::not_found;
    auto anchor = records::decode_product(**value);
    if (!anchor) return anchor.error();
    const auto* seq = std::get_if<Seq>(&moment);
    const bool is_before =
        seq != nullptr ? *seq < anchor->seq : std::get<Instant>(moment).unix_ms() < anchor->changed_at.unix_ms();
    if (is_before) return Errc::out_of_bounds;
    return *std::move(anchor);
}

}  // namespace

Result<Past> past_of(const Snapshot& snapshot, std::string_view company, const ProductId& id, const Moment& moment) {
    const auto kept = ledger_state_of(snapshot);
    if (!kept) return kept.error();
    const auto seq = seq_at(snapshot, *kept, moment);
    if (!seq) return seq.error();
    const auto last = changes_of(snapshot, company, id, *seq + 1, 1);
    if (!last) return last.error();
    auto product = last->empty() ? as_of_anchor(snapshot, company, id, moment) : as_of_change(snapshot, last->front());
    if (!product) return product.error();
    product->properties = "{}";
    product->synced_at = product->changed_at;
    return Past{*seq, *std::move(product)};
}

void write_past_json(std::string& out, const Past& past) {
    JsonObjectWriter json{out};
    json.number("seq", static_cast<std::int64_t>(past.seq));
    json.close();
}

}  // namespace stockcast
