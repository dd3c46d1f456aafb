#include "stockcast/model/change.hpp"

#include "json_members.hpp"

namespace stockcast {
namespace {

void write_warehouses(std::string& out, const std::vector<WarehouseChange>& warehouses) {
    out += '[';
    for (const auto& warehouse : warehouses) {
        if (&warehouse != &warehouses.front()) out += ',';
        JsonObjectWriter writer{out};
        writer.raw("id", warehouse.id);
        writer.string("name", warehouse.name);
        write_quantity(writer, "oldStock", warehouse.old_stock);
        write_quantity(writer, "newStock", warehouse.new_stock);
        writer.close();
    }
    out += ']';
}

void write_names(std::string& out, const std::vector<std::string>& names) {
    out += '[';
    for (const auto& name : names) {
        if (&name != &names.front()) out += ',';
        write_json_string(out, name);
    }
    out += ']';
}

}  // namespace

std::string_view to_string(Source source) {
    switch (source) {
        case Source::webhook: return "webhook";
        case Source::scheduled_sync: return "scheduled_sync";
        case Source::manual_sync: return "manual_sync";
        case Source::refresh: return "refresh";
        case Source::test: return "test";
        case Source::replay: break;
    }
    return "replay";
}

std::string_view to_string(ChangeType type) {
    switch (type) {
        case ChangeType::stock_updated: return "stock_updated";
        case ChangeType::product_created: return "product_created";
        case ChangeType::product_updated: return "product_updated";
        case ChangeType::product_deleted: break;
    }
    return "product_deleted";
}

void write_change_json(std::string& out, const Change& change) {
    const auto& product = change.product;
    JsonObjectWriter writer{out};
    writer.string("type", to_string(change.type));
    write_count(writer, "seq", change.seq);
    writer.string("company", product.company);
    write_count(writer, "productId", product.number);
    writer.string("siigoProductId", product.id.to_string());
    writer.string("productCode", product.code);
    writer.string("productName", product.name);

    if (change.type == ChangeType::stock_updated || change.type == ChangeType::product_deleted) {
        write_quantity(writer, "oldStock", change.old_stock);
    }
    if (change.type == ChangeType::stock_updated || change.type == ChangeType::product_created) {
        write_quantity(writer, "newStock", product.available);
    }

    writer.string("source", to_string(change.source));
    write_id(writer, "cause", change.cause);
    writer.string("timestamp", change.recorded_at.to_iso_ms());

    if (!change.warehouses.empty()) write_warehouses(writer.open("warehouses"), change.warehouses);
    if (change.type == ChangeType::product_updated) write_names(writer.open("changed"), change.changed);
    if (change.type == ChangeType::product_created || change.type == ChangeType::product_updated) {
        write_product_json(writer.open("product"), product);
    }
    writer.close();
}

}  // namespace stockcast
