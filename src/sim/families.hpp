#pragma once

#include "sim/item.hpp"

#include <string_view>
#include <vector>

namespace stockcast::sim {

/// A kind of goods of the shop: its names are made of `name`, one of `kinds`, of `sizes` and of `brands`.
struct Family {
    std::string_view prefix;  ///< of its codes
    std::string_view name;
    std::vector<std::string_view> kinds, sizes, brands;  ///< none empty; "" for "nothing to add"
    ItemType type = ItemType::product;
    Measure measure = Measure::piece;
    AccountGroup group;
    Unit unit;
    Tax tax;
    std::int64_t price_min, price_max;  ///< COP
    unsigned weight;                    ///< share of the catalogue, in parts of all weights
};

/// A Colombian neighbourhood shop that grew: clothes, hardware, groceries, things for the house, some services and
/// combos.
const std::vector<Family>& families();

}  // namespace stockcast::sim
