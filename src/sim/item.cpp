#include "sim/item.hpp"

#include <algorithm>

namespace stockcast::sim {

std::string_view to_string(ItemType type) {
    switch (type) {
        case ItemType::product: return "Product";
        case ItemType::service: return "Service";
        case ItemType::consumer_good: return "ConsumerGood";
        case ItemType::combo: return "Combo";
    }
    return "Product";
}

const Figures& Item::figures_at(Steady moment) const {
    if (figures.since <= moment || past.empty()) return figures;
    for (auto known = past.rbegin(); known != past.rend(); ++known) {
        if (known->since <= moment) return *known;
    }
    return past.front();
}

std::optional<Instant> Item::touched() const {
    return std::max(last_updated, figures.stock_updated);  // an empty optional is less than any value
}

Quantity thousandths(std::int64_t n) {
    const auto quantity = Quantity::parse(std::to_string(n) + "e-3");
    return *quantity;  // any 64-bit number is within Quantity's bounds
}

}  // namespace stockcast::sim
