#include "stockcast/ledger/fold.hpp"

namespace stockcast {
namespace {

void take_properties(Product& product, const Product& told) {
    product.properties = told.properties;
    product.created = told.created;
    product.last_updated = told.last_updated;
}

}  // namespace

void fold(Product& product, const Change& change) {
    const auto& told = change.product;
    product.company = told.company;
    product.id = told.id;
    product.number = told.number;
    product.code = told.code;
    product.name = told.name;
    product.active = told.active;
    product.stock_control = told.stock_control;
    product.made_up = told.made_up;
    product.seq = change.seq;
    product.changed_at = change.recorded_at;

    const bool is_created = change.type == ChangeType::product_created;
    if (is_created || change.type == ChangeType::product_updated) take_properties(product, told);
    if (is_created || change.type == ChangeType::stock_updated) {
        product.available = told.available;
        product.warehouses = told.warehouses;
        product.stock_updated = told.stock_updated;
    }
    if (is_created) product.deleted = false;
    if (change.type == ChangeType::product_deleted) product.deleted = true;
}

}  // namespace stockcast
