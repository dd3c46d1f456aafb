#include "stockcast/ledger/invariants.hpp"

#include "ledger/examined.hpp"
#include "ledger/stock.hpp"

#include "stockcast/store/fields.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace stockcast {
namespace {

using ledger::Examined;

std::string shown(const std::optional<Quantity>& figure) {
    return figure ? figure->to_string() : "?";
}

class Check {
public:
    Check(const Store& store, const Examination& how) : store_(store, how), findings_(store_.findings) {}

    std::vector<Finding> run() {
        read_state();
        read_floors();
        read_anchors();
        read_products();
        read_logs();
        ledger::examine_changes(store_);
        ledger::examine_history(store_);
        for (const auto& [id, known] : store_.products) compare(id, known);
        compare_codes();
        compare_pending();
        compare_counters();
        check_subscriptions();
        check_audit();
        check_meta();
        return std::move(findings_).take();
    }

private:
    void undecodable(Family family, error_code why) {
        findings_.add(
            {"{family}: a record cannot be decoded: {reason}", "{family}: un registro no se puede descifrar: {reason}"},
            {{"family", to_string(family)}, {"reason", why.message()}});
    }
    void misplaced(Family family, const std::string& name) {
        findings_.add({"{family}: {name} stands under another key", "{family}: {name} está bajo otra clave"},
                      {{"family", to_string(family)}, {"name", name}});
    }
    void of_product(const ProductId& id, Sentence sentence, Field field = {"none", ""}) {
        findings_.add(sentence, {{"product", id.to_string()}, std::move(field)});
    }

    void read_state() {
        const auto value = store_.snapshot->get(Family::meta, keys::ledger_state);
        if (!value) return store_.unreadable(Family::meta, value.error());
        if (!*value) return;  // nothing was ever written
        auto state = decode_ledger_state(**value);
        if (!state) {
            return findings_.add(
                {"meta: the ledger's state cannot be decoded", "meta: el estado del libro no se puede descifrar"});
        }
        store_.state = *std::move(state);
    }

    void read_floors() {
        const auto value = store_.snapshot->get(Family::meta, keys::floors);
        if (!value) return store_.unreadable(Family::meta, value.error());
        if (*value) {
            const auto floors = decode_floors(**value);
            if (!floors) return undecodable(Family::meta, floors.error());
            store_.floors = *floors;
        }
        if (store_.floors.changes != store_.state.oldest) {
            findings_.add({"meta: the floor of the changes is {floor}, the ledger's oldest change {oldest}",
                           "meta: el piso de los cambios es {floor}, el cambio más antiguo del libro {oldest}"},
                          {{"floor", store_.floors.changes}, {"oldest", store_.state.oldest}});
        }
    }

    void read_anchors() {
        store_.walk(Family::meta, keys::prefix_range(std::string{keys::anchors}),
                    [this](std::string_view key, std::string_view value) {
                        auto anchor = records::decode_product(value);
                        if (!anchor) return undecodable(Family::meta, anchor.error());
                        const auto id = anchor->id;
                        if (key != keys::anchor(anchor->company, id)) misplaced(Family::meta, std::string{key});
                        if (anchor->seq >= store_.floors.changes) {
                            of_product(id,
                                       {"product {product}: its anchor tells of change {seq}, which is kept",
                                        "producto {product}: su ancla cuenta el cambio {seq}, que se conserva"},
                                       {"seq", anchor->seq});
                        }
                        ledger::shorten(*anchor);
                        store_.products[id].folded = *std::move(anchor);
                    });
    }

    void read_products() {
        store_.walk(Family::products, {}, [this](std::string_view key, std::string_view value) {
            auto product = records::decode_product(value);
            if (!product) return undecodable(Family::products, product.error());
            const auto id = product->id;
            if (key != keys::product(product->company, id)) misplaced(Family::products, id.to_string());
            check_number(*product);
            const auto seen = std::max(
                {product->stock_register.seen, product->property_register.seen, product->existence_register.seen});
            if (seen > store_.state.ticks) {
                of_product(id, {"product {product} was seen at a tick that was never handed out",
                                "el producto {product} fue visto en un turno que nunca se dio"});
            }
            auto& counted = store_.counted;
            count_product(counted, *product, Count::in);
            if (product->seq > store_.state.counters.today_behind) ++counted.updated_today;
            ledger::shorten(*product);
            store_.products[id].held = *std::move(product);
        });
    }

    void check_number(const Product& product) {
        if (product.number == 0 || product.number >= store_.state.next_number) {
            of_product(product.id,
                       {"product {product}: number {number} was never given",
                        "producto {product}: el número {number} nunca se dio"},
                       {"number", product.number});
        }
        if (!numbers_.insert(product.number).second) {
            of_product(product.id,
                       {"product {product}: number {number} was given twice",
                        "producto {product}: el número {number} se dio dos veces"},
                       {"number", product.number});
        }
    }

    void read_logs() {
        store_.walk(Family::webhook_logs, {}, [this](std::string_view key, std::string_view value) {
            const auto log = records::decode_webhook_log(value);
            if (!log) return undecodable(Family::webhook_logs, log.error());
            if (key != keys::log(log->company, log->id)) misplaced(Family::webhook_logs, log->id.to_string());
            ++store_.counted.webhooks;
            if (log->processed) ++store_.counted.webhooks_processed;
        });
        store_.walk(Family::sync_logs, {}, [this](std::string_view key, std::string_view value) {
            const auto log = records::decode_sync_log(value);
            if (!log) return undecodable(Family::sync_logs, log.error());
            if (key != keys::log(log->company, log->id)) misplaced(Family::sync_logs, log->id.to_string());
        });
    }

    void compare(const ProductId& id, const ledger::Known& known) {
        if (!known.held && !known.folded) return;  // only its history names it, which was told
        if (!known.held) {
            return of_product(id, {"product {product} has changes and no record",
                                   "el producto {product} tiene cambios y no registro"});
        }
        if (!known.folded) {
            return of_product(id, {"product {product} is held, and no change tells of it",
                                   "el producto {product} existe y ningún cambio lo cuenta"});
        }
        compare(id, *known.folded, *known.held);
    }

    void compare(const ProductId& id, const Product& folded, const Product& held) {
        if (folded.seq != held.seq || folded.changed_at != held.changed_at) {
            findings_.add({"product {product}: its last change is {last}, it says {said}",
                           "producto {product}: su último cambio es {last}, él dice {said}"},
                          {{"product", id.to_string()}, {"last", folded.seq}, {"said", held.seq}});
        }
        if (folded.number != held.number || folded.code != held.code || folded.name != held.name ||
            folded.company != held.company) {
            of_product(id, {"product {product}: number, code or name are not what its changes make of it",
                            "producto {product}: número, código o nombre no son los que resultan de sus cambios"});
        }
        if (folded.deleted != held.deleted) {
            of_product(id, {"product {product}: its changes and its record differ about its existence",
                            "producto {product}: sus cambios y su registro difieren sobre su existencia"});
        }
        if (folded.available != held.available) {
            findings_.add(
                {"product {product}: its changes make {folded}, it holds {held}",
                 "producto {product}: de sus cambios resulta {folded}, tiene {held}"},
                {{"product", id.to_string()}, {"folded", shown(folded.available)}, {"held", shown(held.available)}});
        }
        if (!ledger::warehouse_changes(folded.warehouses, held.warehouses).empty()) {
            of_product(id, {"product {product}: its warehouses are not what its changes make of them",
                            "producto {product}: sus bodegas no son las que resultan de sus cambios"});
        }
        if (folded.properties != held.properties) {
            of_product(id, {"product {product}: its properties are not what its changes make of them",
                            "producto {product}: sus propiedades no son las que resultan de sus cambios"});
        }
    }

    const Product* held(const ProductId& id) const {
        const auto found = store_.products.find(id);
        return found != store_.products.end() && found->second.held ? &*found->second.held : nullptr;
    }

    void compare_codes() {
        std::size_t listed = 0;
        store_.walk(Family::product_codes, {}, [&](std::string_view key, std::string_view) {
            ++listed;
            const auto found = keys::product_code_of(key);
            if (!found) return undecodable(Family::product_codes, found.error());
            const auto* product = held(found->id);
            if (product && !product->deleted && key == keys::product_code(product->company, product->code, found->id))
                return;
            findings_.add({"product_codes: {code} lists {product}, which is not so called",
                           "product_codes: {code} lista a {product}, que no se llama así"},
                          {{"code", found->code}, {"product", found->id.to_string()}});
        });
        const auto expected = static_cast<std::size_t>(std::ranges::count_if(
            store_.products, [](const auto& entry) { return entry.second.held && !entry.second.held->deleted; }));
        if (listed >= expected) return;
        for (const auto& [id, known] : store_.products) {
            if (!known.held || known.held->deleted) continue;
            if (store_.has(Family::product_codes, keys::product_code(known.held->company, known.held->code, id)))
                continue;
            of_product(id,
                       {"product {product}: its code {code} does not list it",
                        "producto {product}: su código {code} no lo lista"},
                       {"code", known.held->code});
        }
    }

    void compare_pending() {
        for (const auto& [id, known] : store_.products) {
            if (!known.held) continue;
            const auto value = store_.snapshot->get(Family::meta, keys::pending_read(known.held->company, id));
            if (!value) return store_.unreadable(Family::meta, value.error());
            std::optional<PendingRead> kept;
            if (*value) {
                const auto decoded = records::decode_pending_read(**value);
                if (!decoded) undecodable(Family::meta, decoded.error());
                if (decoded) kept = *decoded;
            }
            if (kept == known.held->pending) continue;
            of_product(id, {"product {product} and `pending/` differ about the read it is owed",
                            "el producto {product} y `pending/` difieren sobre la lectura que se le debe"});
        }
    }

    void compare_counter(std::string_view counter, const std::string& says, const std::string& counted) {
        if (says == counted) return;
        findings_.add({"{counter} is {says}, counted {counted}", "{counter} es {says}, contado {counted}"},
                      {{"counter", counter}, {"says", says}, {"counted", counted}});
    }
    void compare_counter(std::string_view counter, std::uint64_t says, std::uint64_t counted) {
        compare_counter(counter, std::to_string(says), std::to_string(counted));
    }

    void compare_counters() {
        const auto& kept = store_.state.counters;
        const auto& counted = store_.counted;
        compare_counter("products", kept.products, counted.products);
        compare_counter("synced_products", kept.synced_products, counted.synced_products);
        compare_counter("stocked_products", kept.stocked_products, counted.stocked_products);
        compare_counter("updated_today", kept.updated_today, counted.updated_today);
        compare_counter("stock_sum", kept.stock_sum.to_string(), counted.stock_sum.to_string());
        // Logs leave with age, and the totals remember them.
        const bool all_kept = store_.floors.logs.is_none();
        const auto is_right = [&](std::uint64_t says, std::uint64_t there) {
            return all_kept ? says == there : says >= there;
        };
        if (!is_right(kept.webhooks, counted.webhooks)) compare_counter("webhooks", kept.webhooks, counted.webhooks);
        if (!is_right(kept.webhooks_processed, counted.webhooks_processed))
            compare_counter("webhooks_processed", kept.webhooks_processed, counted.webhooks_processed);
    }

    void check_audit() {
        store_.walk(Family::audit, {}, [this](std::string_view key, std::string_view value) {
            const auto entry = records::decode_audit_entry(value);
            if (!entry) return undecodable(Family::audit, entry.error());
            if (key != keys::log(entry->company, entry->id)) misplaced(Family::audit, entry->id.to_string());
        });
    }

    void check_subscriptions() {
        store_.walk(Family::subscriptions, {}, [this](std::string_view, std::string_view value) {
            if (const auto decoded = records::decode_subscription(value); !decoded)
                undecodable(Family::subscriptions, decoded.error());
        });
    }

    /// Also those whose members this layer does not know: form and checksum.
    void check_meta() {
        store_.walk(Family::meta, {}, [this](std::string_view name, std::string_view value) {
            const auto damage = damage_of(value, std::numeric_limits<std::uint8_t>::max());
            if (damage.empty()) return;
            findings_.add({"meta: {name}: {damage}", "meta: {name}: {damage}"}, {{"name", name}, {"damage", damage}});
        });
    }

    Examined store_;
    ledger::Findings& findings_;
    std::set<ProductNumber> numbers_;
};

}  // namespace

std::vector<Finding> examine(const Store& store, const Examination& how) {
    return Check{store, how}.run();
}

std::vector<std::string> check_invariants(const Store& store, std::size_t findings_max) {
    Examination how;
    how.findings_max = findings_max;
    std::vector<std::string> english;
    for (auto& finding : examine(store, how)) english.push_back(std::move(finding.english));
    return english;
}

}  // namespace stockcast
