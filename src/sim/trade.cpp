#include "sim/trade.hpp"

#include "stockcast/siigo/translate.hpp"

#include <algorithm>
#include <cmath>

namespace stockcast::sim {
namespace {

constexpr int draws_max = 20;

}  // namespace

Trade::Trade(Company& company, Catalogue& catalogue, Announcer& announcer, SimulatorCounts& counts)
    : company_(company), catalogue_(catalogue), random_(catalogue.random()), announcer_(announcer), counts_(counts) {}

std::chrono::nanoseconds Trade::gap(double per_minute) {
    constexpr double minute_ns = 60e9;
    constexpr double longest_ns = 3600e9;
    const double gap_ns = -std::log(random_.unit()) * minute_ns / per_minute;
    return std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(gap_ns, longest_ns))};
}

void Trade::step(Moment at, double unannounced_share) {
    struct Business {
        void (Trade::*happen)(Moment);
        double share;
    };
    constexpr Business day[] = {{&Trade::sell, 0.80},    {&Trade::take_back, 0.05}, {&Trade::purchase, 0.09},
                                {&Trade::rename, 0.015}, {&Trade::reprice, 0.02},   {&Trade::introduce, 0.012},
                                {&Trade::retire, 0.008}, {&Trade::erase, 0.005}};
    silent_ = random_.chance(unannounced_share);
    double drawn = random_.unit();
    for (const auto& business : day) {
        drawn -= business.share;
        if (drawn <= 0) return (this->*business.happen)(at);
    }
}

void Trade::sell(Moment at) {
    const Item* item = popular();
    if (!item) return;
    const auto sold = catalogue_.draw_quantity(item->measure, 1, item->measure == Measure::length ? 10 : 3);
    if (company_.move(item->slot, shelf_of(*item), -sold, at)) tell(item->slot, siigo::topic_stock);
}

void Trade::take_back(Moment at) {
    const Item* item = popular();
    if (!item) return;
    const auto returned = catalogue_.draw_quantity(item->measure, 1, 1);
    if (company_.move(item->slot, shelf_of(*item), returned, at)) tell(item->slot, siigo::topic_stock);
}

void Trade::purchase(Moment at) {
    const Item* lowest = popular();
    for (int i = 0; lowest && i < draws_max; ++i) {  // the buyer looks for what runs out
        const Item* other = popular();
        if (other && other->figures.available < lowest->figures.available) lowest = other;
    }
    if (!lowest) return;
    const auto bought = catalogue_.draw_quantity(lowest->measure, 12, 60);
    if (company_.move(lowest->slot, shelf_of(*lowest), bought, at)) tell(lowest->slot, siigo::topic_stock);
}

void Trade::rename(Moment at) {
    const Item* item = any();
    if (!item) return;
    constexpr std::string_view mark = " (nuevo empaque)";
    std::string name = item->name;
    if (name.ends_with(mark)) {
        name.resize(name.size() - mark.size());
    } else {
        name += mark;
    }
    if (company_.rename(item->slot, std::move(name), at)) tell(item->slot, siigo::topic_update);
}

void Trade::reprice(Moment at) {
    const Item* item = any();
    if (!item) return;
    const auto price = std::max<std::int64_t>(item->price * random_.between(92, 112) / 100 / 50 * 50, 50);
    if (company_.reprice(item->slot, price, at)) tell(item->slot, siigo::topic_update);
}

void Trade::introduce(Moment at) {
    Item item = catalogue_.draw();
    if (item.type == ItemType::combo) choose_components(item, company_, random_);
    const auto slot = company_.add(std::move(item), at);
    if (slot) tell(*slot, siigo::topic_create);
}

void Trade::retire(Moment at) {
    const Item* item = any();
    if (!item) return;
    if (company_.set_active(item->slot, !item->active, at)) tell(item->slot, siigo::topic_update);
}

void Trade::erase(Moment) {
    for (int i = 0; i < 10 * draws_max; ++i) {
        const Item* item = any();
        if (!item || item->has_movements) continue;
        if (company_.remove(item->slot)) {
            ++counts_.changes;
            ++counts_.unannounced_changes;  // no topic announces a deletion
        }
        return;
    }
}

const Item* Trade::popular() {
    const auto slots = company_.by_creation();
    for (int i = 0; !slots.empty() && i < draws_max; ++i) {
        const double skewed = std::pow(random_.unit(), 3.0);  // an eighth of the goods makes half of the sales
        const auto rank =
            std::min(static_cast<std::size_t>(skewed * static_cast<double>(slots.size())), slots.size() - 1);
        const Item* item = company_.find(slots[rank]);
        if (item->stock_control && item->active) return item;
    }
    return nullptr;
}

const Item* Trade::any() {
    const auto slots = company_.by_creation();
    return slots.empty() ? nullptr : company_.find(slots[random_.below(slots.size())]);
}

std::size_t Trade::shelf_of(const Item& item) {
    const auto& shelves = item.figures.shelves;
    if (shelves.empty()) return 0;
    const auto fullest = std::max_element(shelves.begin(), shelves.end(),
                                          [](const Shelf& a, const Shelf& b) { return a.quantity < b.quantity; });
    if (random_.chance(0.7)) return fullest->warehouse;
    return shelves[random_.below(shelves.size())].warehouse;
}

void Trade::tell(Slot slot, std::string_view topic) {
    ++counts_.changes;
    if (silent_) {
        ++counts_.unannounced_changes;
    } else {
        announcer_.announce(*company_.find(slot), topic);
    }
}

}  // namespace stockcast::sim
