#pragma once

#include "http/arguments.hpp"

#include "stockcast/model/product.hpp"
#include "stockcast/model/quantity.hpp"

#include <optional>
#include <string>

namespace stockcast {

/// SIIGO names it in `additional_fields`, its notifications perhaps at the root (siigo-api.md). Empty: it has none.
std::string barcode_of(const Product& product);

/// Which products a list shows: those that are not deleted, and that all of these accept. Pure.
struct ProductFilter {
    std::string search;  ///< folded; in code, name or barcode. Empty: any
    std::optional<bool> active;
    std::string warehouse;                ///< an id as SIIGO writes it; empty: any
    std::optional<Quantity> stock_below;  ///< of that warehouse, where one is named; an unknown figure is not below

    bool accepts(const Product& product) const;
};

/// From `search`, `active`, `warehouse`, `stock_below`; what is not accepted becomes the arguments' complaint.
ProductFilter read_product_filter(Arguments& arguments);

}  // namespace stockcast
