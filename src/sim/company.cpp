#include "sim/company.hpp"

#include <algorithm>
#include <array>

namespace stockcast::sim {
namespace {

constexpr std::array shop_warehouses{
    Warehouse{1270, "Bodega principal", true, true, true}, Warehouse{1271, "Punto de venta Centro", true, true, true},
    Warehouse{1272, "Bodega Norte", true, true, true},     Warehouse{0, "Sin asignar", true, true, false},
    Warehouse{1273, "Bodega averías", false, false, true},
};

// What figures_lag can look back on: a busy product keeps fewer minutes, never more memory.
constexpr std::size_t past_figures_max = 64;
constexpr std::chrono::minutes past_kept{15};

/// Company has an `add` of its own, which hides that of quantities.
Result<Quantity> sum_of(const Quantity& a, const Quantity& b) {
    return add(a, b);
}

}  // namespace

Company::Company() = default;

std::span<const Warehouse> Company::warehouses() const {
    return shop_warehouses;
}

const Item* Company::find(Slot slot) const {
    return slot < items_.size() ? items_[slot].get() : nullptr;
}

const Item* Company::find(ProductId id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : find(found->second);
}

const Item* Company::find_code(std::string_view code) const {
    const auto found = by_code_.find(std::string{code});
    return found == by_code_.end() ? nullptr : find(found->second);
}

std::vector<Slot> Company::changed_between(Instant from, Instant to, bool stock_too) const {
    const auto& index = stock_too ? by_any_change_ : by_property_change_;
    std::vector<Slot> slots;
    for (auto change = index.lower_bound({from, 0}); change != index.end() && change->first <= to; ++change) {
        slots.push_back(change->second);
    }
    return slots;
}

bool Company::is_code(std::string_view code) {
    return !code.empty() && code.size() <= 30 && code.find_first_of(" '") == std::string_view::npos;
}

Result<Slot> Company::add(Item item, Moment at) {
    if (!is_code(item.code)) return Errc::malformed;
    if (by_code_.contains(item.code) || by_id_.contains(item.id)) return Errc::out_of_bounds;
    item.figures.available = Quantity{};
    for (const auto& shelf : item.figures.shelves) {
        const auto sum = sum_of(item.figures.available, shelf.quantity);
        if (!sum) return sum.error();
        item.figures.available = *sum;
    }

    item.created = std::max(at.wall, last_created_ + Instant::Ticks{1});
    last_created_ = item.created;
    item.slot = static_cast<Slot>(items_.size());
    by_creation_.push_back(item.slot);
    by_id_.emplace(item.id, item.slot);
    by_code_.emplace(item.code, item.slot);
    items_.push_back(std::make_unique<Item>(std::move(item)));
    enter(*items_.back());
    return items_.back()->slot;
}

Result<void> Company::move(Slot slot, std::size_t warehouse, Quantity by, Moment at, std::optional<Instant> stamped) {
    Item* item = edit(slot);
    if (!item || warehouse >= shop_warehouses.size()) return Errc::not_found;

    Figures next = item->figures;
    auto shelf = std::find_if(next.shelves.begin(), next.shelves.end(),
                              [&](const Shelf& s) { return s.warehouse == warehouse; });
    if (shelf == next.shelves.end()) shelf = next.shelves.insert(shelf, Shelf{warehouse, Quantity{}});
    const auto there = sum_of(shelf->quantity, by);
    const auto in_all = sum_of(next.available, by);
    if (!there || !in_all) return Errc::out_of_bounds;
    shelf->quantity = *there;
    next.available = *in_all;
    next.since = at.steady;

    leave(*item);
    next.stock_updated = stamped ? *stamped : stamp(at);
    auto& past = item->past;
    past.push_back(std::exchange(item->figures, std::move(next)));
    const auto oldest_needed = at.steady - past_kept;  // past[0] goes when past[1] held by then already
    while (past.size() > past_figures_max || (past.size() > 1 && past[1].since < oldest_needed))
        past.erase(past.begin());
    item->has_movements = true;
    enter(*item);
    return {};
}

Result<void> Company::rename(Slot slot, std::string name, Moment at) {
    return change_properties(slot, at, [&](Item& item) { item.name = std::move(name); });
}

Result<void> Company::recode(Slot slot, std::string code, Moment at) {
    if (!is_code(code)) return Errc::malformed;
    const Item* holder = find_code(code);
    if (holder && holder->slot != slot) return Errc::out_of_bounds;
    return change_properties(slot, at, [&](Item& item) {
        by_code_.erase(item.code);
        by_code_.emplace(code, slot);
        item.code = std::move(code);
    });
}

Result<void> Company::reprice(Slot slot, std::int64_t price, Moment at) {
    return change_properties(slot, at, [&](Item& item) { item.price = price; });
}

Result<void> Company::set_active(Slot slot, bool active, Moment at) {
    return change_properties(slot, at, [&](Item& item) { item.active = active; });
}

Result<void> Company::remove(Slot slot) {
    Item* item = edit(slot);
    if (!item) return Errc::not_found;
    leave(*item);
    by_id_.erase(item->id);
    by_code_.erase(item->code);
    by_creation_.erase(std::lower_bound(by_creation_.begin(), by_creation_.end(), slot));
    items_[slot].reset();
    return {};
}

Item* Company::edit(Slot slot) {
    return slot < items_.size() ? items_[slot].get() : nullptr;
}

Instant Company::stamp(Moment at) {
    last_stamp_ = std::max(at.wall, last_stamp_ + Instant::Ticks{1});
    return last_stamp_;
}

template <class F>
Result<void> Company::change_properties(Slot slot, Moment at, F change) {
    Item* item = edit(slot);
    if (!item) return Errc::not_found;
    leave(*item);
    change(*item);
    item->last_updated = stamp(at);
    enter(*item);
    return {};
}

void Company::enter(const Item& item) {
    if (item.last_updated) by_property_change_.emplace(*item.last_updated, item.slot);
    if (const auto touched = item.touched()) by_any_change_.emplace(*touched, item.slot);
}

void Company::leave(const Item& item) {
    if (item.last_updated) by_property_change_.erase({*item.last_updated, item.slot});
    if (const auto touched = item.touched()) by_any_change_.erase({*touched, item.slot});
}

void choose_components(Item& combo, const Company& company, SeededRandom& random) {
    const auto slots = company.by_creation();
    if (slots.empty()) return;
    const auto wanted = static_cast<std::size_t>(random.between(2, 4));
    for (int tries = 0; tries < 20 && combo.components.size() < wanted; ++tries) {
        const Slot slot = slots[random.below(slots.size())];
        if (company.find(slot)->type != ItemType::product) continue;
        if (std::find(combo.components.begin(), combo.components.end(), slot) != combo.components.end()) continue;
        combo.components.push_back(slot);
    }
}

void open_shop(Company& company, Catalogue& catalogue, std::size_t count, Moment at) {
    SeededRandom& random = catalogue.random();
    const auto ticks_between = [&](Instant from, Instant to) {
        return from + Instant::Ticks{random.between(0, std::max<std::int64_t>((to - from).count(), 0))};
    };
    const std::size_t storing = company.warehouses().size() - 1;  // the last one, for damaged goods, stays empty
    const Instant newest = at.wall - std::chrono::hours{24};
    const Instant oldest = newest - std::chrono::hours{24 * 365 * 5};
    const auto span = (newest - oldest).count() / static_cast<std::int64_t>(std::max<std::size_t>(count, 1));

    for (std::size_t i = 0; i < count; ++i) {
        Item item = catalogue.draw();
        const Instant created = oldest + Instant::Ticks{span * static_cast<std::int64_t>(i) +
                                                        random.between(0, std::max<std::int64_t>(span - 1, 0))};
        if (item.type == ItemType::combo) choose_components(item, company, random);
        if (item.stock_control && !random.chance(0.03)) {
            item.figures.shelves = catalogue.draw_shelves(item, storing);
        }
        if (!item.figures.shelves.empty()) {
            item.has_movements = true;
            item.figures.stock_updated = ticks_between(created, at.wall - std::chrono::minutes{10});
        }
        if (random.chance(0.6)) item.last_updated = ticks_between(created, at.wall - std::chrono::hours{1});
        // Codes are drawn without repetition and sums are small: this can't fail.
        [[maybe_unused]] const auto added = company.add(std::move(item), {at.steady, created});
    }
}

}  // namespace stockcast::sim
