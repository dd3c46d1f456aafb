#include "stockcast/ledger/invariants.hpp"

#include "ledger/stock.hpp"

#include "stockcast/ledger/step.hpp"
#include "stockcast/store/fields.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace stockcast {
namespace {

/// What is compared of a product; small, so that a catalogue of 100,000 fits easily.
struct Figures {
    CompanyName company;
    ProductNumber number = 0;
    std::string code;
    std::string name;
    std::optional<Quantity> available;
    std::vector<WarehouseStock> warehouses;
    std::size_t properties = 0;  ///< hash of the text
    bool deleted = false;
    Seq seq = 0;
    Instant changed_at;
    std::optional<PendingRead> pending;
    bool knows_stock = true;  ///< of a fold: the kept changes tell it
    bool knows_properties = true;
};

Figures figures_of(const Product& product) {
    return {product.company,
            product.number,
            product.code,
            product.name,
            product.available,
            product.warehouses,
            std::hash<std::string>{}(product.properties),
            product.deleted,
            product.seq,
            product.changed_at,
            product.pending};
}

using Catalogue = std::map<ProductId, Figures>;

std::string shown(const std::optional<Quantity>& figure) {
    return figure ? figure->to_string() : "unknown";
}

class Check {
public:
    Check(const Store& store, std::size_t findings_max) : snapshot_(store.snapshot()), findings_max_(findings_max) {}

    std::vector<std::string> run() {
        read_state();
        read_products();
        read_logs();
        fold_changes();
        compare_history();
        compare_fold();
        compare_codes();
        compare_pending();
        compare_counters();
        check_values(Family::subscriptions);
        check_values(Family::audit);
        check_values(Family::meta);
        if (findings_.size() > findings_max_) {
            findings_.resize(findings_max_);
            findings_.push_back("and more");
        }
        return std::move(findings_);
    }

private:
    void find(std::string finding) {
        if (findings_.size() <= findings_max_) findings_.push_back(std::move(finding));
    }

    /// `visit` returns nothing; all of the range is walked.
    template <class Visitor>
    void walk(Family family, const KeyRange& range, Visitor visit) {
        const auto walked =
            snapshot_->scan(family, range, Direction::ascending, [&](std::string_view key, std::string_view value) {
                visit(key, value);
                return findings_.size() <= findings_max_;
            });
        if (!walked) find(std::string{to_string(family)} + ": cannot be read: " + walked.error().message());
    }
    template <class Visitor>
    void walk(Family family, Visitor visit) {
        walk(family, KeyRange{}, visit);
    }

    bool has(Family family, const std::string& key) {
        const auto value = snapshot_->get(family, key);
        if (!value) find(std::string{to_string(family)} + ": cannot be read: " + value.error().message());
        return value && value->has_value();
    }

    void read_state() {
        const auto value = snapshot_->get(Family::meta, keys::ledger_state);
        if (!value) return find("meta: the ledger's state cannot be read: " + value.error().message());
        if (!*value) return;  // nothing was ever written
        auto state = decode_ledger_state(**value);
        if (!state) return find("meta: the ledger's state cannot be decoded");
        state_ = *std::move(state);
    }

    void read_products() {
        walk(Family::products, [this](std::string_view key, std::string_view value) {
            const auto product = records::decode_product(value);
            if (!product) return find("products: a record cannot be decoded: " + product.error().message());
            const auto name = product->id.to_string();
            if (key != keys::product(product->company, product->id))
                find("product " + name + " stands under another key");
            if (product->number == 0 || product->number >= state_.next_number) {
                find("product " + name + ": number " + std::to_string(product->number) + " was never given");
            }
            if (!numbers_.insert(product->number).second) {
                find("product " + name + ": number " + std::to_string(product->number) + " was given twice");
            }
            const auto seen = std::max(
                {product->stock_register.seen, product->property_register.seen, product->existence_register.seen});
            if (seen > state_.ticks) find("product " + name + " was seen at a tick that was never handed out");
            count_product(counted_, *product, Count::in);
            if (product->seq != 0 && bogota_day(product->changed_at) == state_.counters.today) ++counted_.updated_today;
            held_.emplace(product->id, figures_of(*product));
        });
    }

    void read_logs() {
        walk(Family::webhook_logs, [this](std::string_view key, std::string_view value) {
            const auto log = records::decode_webhook_log(value);
            if (!log) return find("webhook_logs: a record cannot be decoded: " + log.error().message());
            if (key != keys::log(log->company, log->id))
                find("webhook log " + log->id.to_string() + " stands under another key");
            ++counted_.webhooks;
            if (log->processed) ++counted_.webhooks_processed;
            keep_log(log->id);
        });
        walk(Family::sync_logs, [this](std::string_view key, std::string_view value) {
            const auto log = records::decode_sync_log(value);
            if (!log) return find("sync_logs: a record cannot be decoded: " + log.error().message());
            if (key != keys::log(log->company, log->id))
                find("sync log " + log->id.to_string() + " stands under another key");
            keep_log(log->id);
        });
    }

    void keep_log(const LogId& id) {
        if (!oldest_log_ || id < *oldest_log_) oldest_log_ = id;
    }

    void fold_changes() {
        auto expected = state_.oldest;
        walk(Family::changes, [&](std::string_view key, std::string_view value) {
            const auto seq = keys::seq_of(key);
            if (!seq) return find("changes: a key cannot be decoded");
            if (*seq != expected) {
                find("changes: " + std::to_string(expected) + " is missing, " + std::to_string(*seq) + " follows");
            }
            expected = *seq + 1;
            const auto stored = records::decode_change(value);
            if (!stored)
                return find("change " + std::to_string(*seq) + " cannot be decoded: " + stored.error().message());
            if (stored->change.seq != *seq) find("change " + std::to_string(*seq) + " holds another seq");
            check_links(stored->change);
            fold(*stored);
            ++changes_;
        });
        if (expected != state_.head + 1) {
            find("changes: the last is " + std::to_string(expected - 1) + ", the head " + std::to_string(state_.head));
        }
    }

    void check_links(const Change& change) {
        const auto name = "change " + std::to_string(change.seq);
        const auto& company = change.product.company;
        if (!has(Family::product_changes, keys::product_change(company, change.product.id, change.seq))) {
            find(name + " is missing in its product's history");
        }
        if (change.cause.is_none()) return find(name + " has no cause");
        const bool may_have_gone = !oldest_log_ || change.cause < *oldest_log_;
        const auto log_key = keys::log(company, change.cause);
        if (!may_have_gone && !has(Family::webhook_logs, log_key) && !has(Family::sync_logs, log_key)) {
            find(name + ": its cause " + change.cause.to_string() + " is in no log");
        }
    }

    void fold(const records::StoredChange& stored) {
        const auto& change = stored.change;
        const auto& product = change.product;
        const auto name = "change " + std::to_string(change.seq);
        const bool is_first = !folded_.contains(product.id);
        auto& figures = folded_[product.id];
        if (is_first) {
            // A log that was cut begins amid a product's life: what it does not tell stays open.
            figures.knows_stock = figures.knows_properties = false;
            if (state_.oldest == 1 && change.type != ChangeType::product_created) {
                find(name + " is the first of a product and not its creation");
            }
        }
        figures.company = product.company;
        figures.number = product.number;
        figures.code = product.code;
        figures.name = product.name;
        figures.seq = change.seq;
        figures.changed_at = change.recorded_at;

        switch (change.type) {
            case ChangeType::product_created:
                figures = figures_of(product);
                figures.deleted = false;
                break;
            case ChangeType::product_updated:
                figures.properties = std::hash<std::string>{}(product.properties);
                figures.knows_properties = true;
                break;
            case ChangeType::stock_updated:
                if (figures.knows_stock && figures.available != change.old_stock) {
                    find(name + " says " + shown(change.old_stock) + " was there, the changes before it " +
                         shown(figures.available));
                }
                figures.available = product.available;
                figures.warehouses = product.warehouses;
                figures.knows_stock = true;
                break;
            case ChangeType::product_deleted: figures.deleted = true; break;
        }
    }

    void compare_history() {
        std::uint64_t entries = 0;
        walk(Family::product_changes, [&](std::string_view, std::string_view) { ++entries; });
        // Each change has its entry: so a greater number is entries without a change.
        if (entries > changes_)
            find("product_changes: " + std::to_string(entries - changes_) + " entries without a change");
    }

    void compare_fold() {
        for (const auto& [id, folded] : folded_) {
            const auto found = held_.find(id);
            if (found == held_.end()) {
                find("product " + id.to_string() + " has changes and no record");
                continue;
            }
            compare(id, folded, found->second);
        }
        for (const auto& [id, held] : held_) {
            if (held.seq >= state_.oldest && !folded_.contains(id)) {
                find("product " + id.to_string() + " is held, and no change tells of it");
            }
        }
    }

    void compare(const ProductId& id, const Figures& folded, const Figures& held) {
        const auto name = "product " + id.to_string();
        if (folded.seq != held.seq || folded.changed_at != held.changed_at) {
            find(name + ": its last change is " + std::to_string(folded.seq) + ", it says " + std::to_string(held.seq));
        }
        if (folded.number != held.number || folded.code != held.code || folded.name != held.name ||
            folded.company != held.company) {
            find(name + ": number, code or name are not what its changes make of it");
        }
        if (folded.deleted != held.deleted) find(name + ": its changes and its record differ about its existence");
        if (folded.knows_stock && folded.available != held.available) {
            find(name + ": its changes make " + shown(folded.available) + ", it holds " + shown(held.available));
        }
        if (folded.knows_stock && !ledger::warehouse_changes(folded.warehouses, held.warehouses).empty()) {
            find(name + ": its warehouses are not what its changes make of them");
        }
        if (folded.knows_properties && folded.properties != held.properties) {
            find(name + ": its properties are not what its changes make of them");
        }
    }

    void compare_codes() {
        std::size_t listed = 0;
        walk(Family::product_codes, [&](std::string_view key, std::string_view) {
            ++listed;
            const auto found = keys::product_code_of(key);
            if (!found) return find("product_codes: a key cannot be decoded");
            const auto product = held_.find(found->id);
            const bool is_right = product != held_.end() && !product->second.deleted &&
                                  key == keys::product_code(product->second.company, product->second.code, found->id);
            if (!is_right)
                find("product_codes: " + found->code + " lists " + found->id.to_string() + ", which is not so called");
        });
        const auto expected = static_cast<std::size_t>(
            std::ranges::count_if(held_, [](const auto& entry) { return !entry.second.deleted; }));
        if (listed >= expected) return;
        for (const auto& [id, product] : held_) {
            if (!product.deleted &&
                !has(Family::product_codes, keys::product_code(product.company, product.code, id))) {
                find("product " + id.to_string() + ": its code " + product.code + " does not list it");
            }
        }
    }

    void compare_pending() {
        for (const auto& [id, product] : held_) {
            const auto key = keys::pending_read(product.company, id);
            const auto value = snapshot_->get(Family::meta, key);
            if (!value) return find("meta: cannot be read: " + value.error().message());
            std::optional<PendingRead> kept;
            if (*value) {
                const auto decoded = records::decode_pending_read(**value);
                if (!decoded) find("the read owed for product " + id.to_string() + " cannot be decoded");
                if (decoded) kept = *decoded;
            }
            if (kept != product.pending)
                find("product " + id.to_string() + " and `pending/` differ about the read it is owed");
        }
    }

    void compare_counters() {
        const auto& kept = state_.counters;
        const auto compare = [this](std::string_view counter, std::uint64_t says, std::uint64_t counted) {
            if (says == counted) return;
            find(std::string{counter} + " is " + std::to_string(says) + ", counted " + std::to_string(counted));
        };
        compare("products", kept.products, counted_.products);
        compare("synced_products", kept.synced_products, counted_.synced_products);
        compare("stocked_products", kept.stocked_products, counted_.stocked_products);
        compare("updated_today", kept.updated_today, counted_.updated_today);
        if (kept.stock_sum != counted_.stock_sum) {
            find("stock_sum is " + kept.stock_sum.to_string() + ", counted " + counted_.stock_sum.to_string());
        }
        // Logs leave with age, and the totals remember them.
        if (kept.webhooks < counted_.webhooks) compare("webhooks", kept.webhooks, counted_.webhooks);
        if (kept.webhooks_processed < counted_.webhooks_processed) {
            compare("webhooks_processed", kept.webhooks_processed, counted_.webhooks_processed);
        }
    }

    /// Families whose records this layer does not know: form and checksum alone.
    void check_values(Family family) {
        walk(family, [&](std::string_view key, std::string_view value) {
            const auto damage = damage_of(value, std::numeric_limits<std::uint8_t>::max());
            if (!damage.empty()) find(std::string{to_string(family)} + ": " + std::string{key} + ": " + damage);
        });
    }

    std::unique_ptr<Snapshot> snapshot_;
    std::size_t findings_max_;
    std::vector<std::string> findings_;
    LedgerState state_;
    Catalogue held_;
    Catalogue folded_;
    std::set<ProductNumber> numbers_;
    LedgerCounters counted_;
    std::uint64_t changes_ = 0;
    std::optional<LogId> oldest_log_;
};

}  // namespace

std::vector<std::string> check_invariants(const Store& store, std::size_t findings_max) {
    return Check{store, findings_max}.run();
}

}  // namespace stockcast
