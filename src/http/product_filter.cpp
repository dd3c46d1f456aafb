#include "http/product_filter.hpp"

#include "http/text.hpp"

#include "stockcast/base/json.hpp"

#include <algorithm>
#include <string_view>

namespace stockcast {
namespace {

bool holds(std::string_view text, const std::string& folded_search) {
    return folded(text).find(folded_search) != std::string::npos;
}

bool has_id(const WarehouseStock& stock, const std::string& id) {
    // Kept as the JSON scalar: `1270`, or `"x"` with its quotes.
    if (stock.id == id) return true;
    return stock.id.size() == id.size() + 2 && stock.id.front() == '"' && stock.id.compare(1, id.size(), id) == 0;
}

}  // namespace

std::string barcode_of(const Product& product) {
    if (product.properties.find("\"barcode\"") == std::string::npos) return {};  // spares most products the parsing
    const auto properties = parse_json(product.properties);
    if (!properties) return {};
    const auto* nested = properties->find("additional_fields");
    const auto* barcode = nested == nullptr ? nullptr : nested->find("barcode");
    if (barcode == nullptr) barcode = properties->find("barcode");
    if (barcode == nullptr) return {};
    if (const auto* text = barcode->if_string()) return *text;
    if (const auto* number = barcode->if_number()) return number->text;
    return {};
}

bool ProductFilter::accepts(const Product& product) const {
    if (product.deleted) return false;
    if (active && product.active != *active) return false;

    std::optional<Quantity> figure = product.available;
    if (!warehouse.empty()) {
        const auto stock = std::find_if(product.warehouses.begin(), product.warehouses.end(),
                                        [&](const WarehouseStock& s) { return has_id(s, warehouse); });
        if (stock == product.warehouses.end()) return false;
        figure = stock->quantity;
    }
    if (stock_below && !(figure && *figure < *stock_below)) return false;
    if (search.empty()) return true;
    return holds(product.code, search) || holds(product.name, search) || holds(barcode_of(product), search);
}

ProductFilter read_product_filter(Arguments& arguments) {
    ProductFilter filter;
    filter.search = folded(arguments.text("search").value_or(""));
    filter.active = arguments.boolean("active");
    filter.warehouse = arguments.text("warehouse").value_or("");
    filter.stock_below = arguments.quantity("stock_below");
    return filter;
}

}  // namespace stockcast
