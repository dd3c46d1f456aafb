#include "ledger/stock.hpp"

#include <algorithm>

namespace stockcast::ledger {

std::vector<WarehouseChange> warehouse_changes(const std::vector<WarehouseStock>& before,
                                               const std::vector<WarehouseStock>& after) {
    std::vector<WarehouseChange> changes;
    std::vector<bool> matched(before.size());
    for (const auto& now : after) {
        // An id may stand twice ("Sin asignar" with null): each occurrence is matched once.
        std::size_t i = 0;
        while (i < before.size() && (matched[i] || before[i].id != now.id)) ++i;
        if (i == before.size()) {
            changes.push_back({now.id, now.name, std::nullopt, now.quantity});
            continue;
        }
        matched[i] = true;
        if (before[i].quantity != now.quantity) changes.push_back({now.id, now.name, before[i].quantity, now.quantity});
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (!matched[i]) changes.push_back({before[i].id, before[i].name, before[i].quantity, std::nullopt});
    }
    return changes;
}

Agreement compare_stock(const Product& held, const Observation& said) {
    if (held.available != said.available) return Agreement::contradicts;
    if (!said.warehouses || warehouse_changes(held.warehouses, *said.warehouses).empty()) return Agreement::agrees;
    return held.warehouses.empty() ? Agreement::adds : Agreement::contradicts;
}

void take_stock(Product& product, const Observation& said) {
    product.available = said.available;
    product.warehouses = said.warehouses.value_or(std::vector<WarehouseStock>{});
    if (said.stock_updated) product.stock_updated = said.stock_updated;
}

void take_agreeing_stock(Product& product, const Observation& said) {
    if (said.warehouses && !said.warehouses->empty()) product.warehouses = *said.warehouses;
    if (said.stock_updated) product.stock_updated = said.stock_updated;
}

bool sum_differs(const Product& product) {
    if (product.warehouses.empty() || !product.available) return false;
    Quantity sum;
    for (const auto& warehouse : product.warehouses) {
        const auto added = add(sum, warehouse.quantity);
        if (!added) return true;
        sum = *added;
    }
    return sum != *product.available;
}

}  // namespace stockcast::ledger
