#pragma once

#include "ledger/registers.hpp"

#include <vector>

/// The stock statement: a figure, and its division over warehouses where that is known.
namespace stockcast::ledger {

/// Requires `said.available`. Warehouses that are not said agree with any.
Agreement compare_stock(const Product& held, const Observation& said);

/// Takes the whole statement: warehouses that are not said are unknown from now on.
void take_stock(Product& product, const Observation& said);

/// Takes what an agreeing word adds: warehouses where none were known, and their names as they are now.
void take_agreeing_stock(Product& product, const Observation& said);

/// Warehouses whose figure differs, in the order of `after`, then those that are no longer named.
std::vector<WarehouseChange> warehouse_changes(const std::vector<WarehouseStock>& before,
                                               const std::vector<WarehouseStock>& after);

/// Whether warehouses are known and their sum is not the figure.
bool sum_differs(const Product& product);

}  // namespace stockcast::ledger
