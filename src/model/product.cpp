#include "stockcast/model/product.hpp"

#include "json_members.hpp"
#include "members.hpp"

#include <array>

namespace stockcast {
namespace {

/// Ours, written after SIIGO's: a member of that name in SIIGO's body would stand twice.
constexpr std::array<std::string_view, 8> reserved{
    "available_quantity", "warehouses", "metadata", "productId", "company", "deleted", "seq", "synced_at"};

bool is_reserved(std::string_view name) {
    for (const auto ours : reserved) {
        if (name == ours) return true;
    }
    return false;
}

/// SIIGO's own members as it said them, and those by which a product is known also where it did not.
void write_properties(JsonObjectWriter& writer, const Product& product) {
    struct Known {
        std::string_view name;
        bool said = false;
    };
    std::array<Known, 5> known{{{"id"}, {"code"}, {"name"}, {"active"}, {"stock_control"}}};

    for_each_member(product.properties, [&](std::string_view name, std::string_view value) {
        if (is_reserved(name)) return;
        for (auto& member : known) member.said = member.said || member.name == name;
        writer.raw(name, value);
    });

    if (!known[0].said) writer.string("id", product.id.to_string());
    if (!known[1].said) writer.string("code", product.code);
    if (!known[2].said) writer.string("name", product.name);
    if (!known[3].said) writer.boolean("active", product.active);
    if (!known[4].said) writer.boolean("stock_control", product.stock_control);
}

void write_metadata(std::string& out, const Product& product) {
    JsonObjectWriter writer{out};
    write_instant(writer, "created", product.created);
    write_instant(writer, "last_updated", product.last_updated);
    write_instant(writer, "stock_updated", product.stock_updated);
    writer.close();
}

}  // namespace

void write_warehouses_json(std::string& out, const std::vector<WarehouseStock>& warehouses) {
    out += '[';
    for (const auto& warehouse : warehouses) {
        if (&warehouse != &warehouses.front()) out += ',';
        JsonObjectWriter writer{out};
        writer.raw("id", warehouse.id);
        writer.string("name", warehouse.name);
        writer.raw("quantity", warehouse.quantity.to_string());
        writer.close();
    }
    out += ']';
}

void write_product_json(std::string& out, const Product& product) {
    JsonObjectWriter writer{out};
    write_properties(writer, product);
    write_quantity(writer, "available_quantity", product.available);
    write_warehouses_json(writer.open("warehouses"), product.warehouses);
    write_metadata(writer.open("metadata"), product);
    write_count(writer, "productId", product.number);
    writer.string("company", product.company);
    writer.boolean("deleted", product.deleted);
    write_count(writer, "seq", product.seq);
    writer.string("synced_at", product.synced_at.to_iso_ms());
    writer.close();
}

}  // namespace stockcast
