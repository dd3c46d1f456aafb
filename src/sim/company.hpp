#pragma once

#include "sim/catalogue.hpp"
#include "sim/item.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/result.hpp"

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stockcast::sim {

struct Warehouse {
    int id;
    std::string_view name;
    bool active;
    bool has_movements;
    bool listed;  ///< false: only products name it ("Sin asignar")
};

/// One moment by both clocks.
struct Moment {
    Steady steady;
    Instant wall;
};
inline Moment now(const Clock& clock) {
    return {clock.now(), clock.wall()};
}

/// The books of one SIIGO company: its products and warehouses, and what changes them. Knows nothing of HTTP.
/// Whoever changes something says so to Announcer.
class Company {
public:
    Company();

    std::span<const Warehouse> warehouses() const;

    std::size_t size() const { return by_creation_.size(); }
    /// Null when there is none, or none any more.
    const Item* find(ProductId id) const;
    const Item* find_code(std::string_view code) const;
    const Item* find(Slot slot) const;
    /// All slots that are in use, oldest created first.
    std::span<const Slot> by_creation() const { return by_creation_; }
    /// Slots whose last change of properties (`stock_too`: or of stock) lies in [from, to]; in no order.
    std::vector<Slot> changed_between(Instant from, Instant to, bool stock_too) const;

    /// A code that SIIGO would take: 1–30 characters, no spaces, no `'`.
    static bool is_code(std::string_view code);

    /// Gives the item its slot; created no earlier than the newest before it, so that order of slots is order of
    /// creation. Errors: `malformed` (code), `out_of_bounds` (its shelves' sum; code or id taken).
    Result<Slot> add(Item item, Moment at);
    /// The figure of one warehouse moves by `by`. `stamp`: what stock_updated is to say; the moment when absent.
    /// Errors: `not_found` (slot, warehouse), `out_of_bounds`.
    Result<void> move(Slot slot, std::size_t warehouse, Quantity by, Moment at, std::optional<Instant> stamp = {});
    /// Errors: `not_found`; for a code also `malformed`, `out_of_bounds` (taken).
    Result<void> rename(Slot slot, std::string name, Moment at);
    Result<void> recode(Slot slot, std::string code, Moment at);
    Result<void> reprice(Slot slot, std::int64_t price, Moment at);
    Result<void> set_active(Slot slot, bool active, Moment at);
    /// Whatever its movements: whether it may go is the caller's rule. Errors: `not_found`.
    Result<void> remove(Slot slot);

private:
    using Change = std::pair<Instant, Slot>;

    Item* edit(Slot slot);
    /// A stamp for a change at `at`: the wall clock's, but never the same twice.
    Instant stamp(Moment at);
    template <class F>
    Result<void> change_properties(Slot slot, Moment at, F change);
    void enter(const Item& item);
    void leave(const Item& item);

    std::vector<std::unique_ptr<Item>> items_;  ///< by slot; null: removed
    std::vector<Slot> by_creation_;
    std::unordered_map<ProductId, Slot> by_id_;
    std::unordered_map<std::string, Slot> by_code_;
    std::set<Change> by_property_change_, by_any_change_;
    Instant last_created_, last_stamp_;
};

/// Fills an empty company with `count` products that have a past of some years before `at`.
void open_shop(Company& company, Catalogue& catalogue, std::size_t count, Moment at);

/// Gives a combo two to four older products as components, if there are any.
void choose_components(Item& combo, const Company& company, SeededRandom& random);

}  // namespace stockcast::sim
