#include "sim/product_json.hpp"

#include "stockcast/base/json.hpp"

namespace stockcast::sim {
namespace {

/// Adds members in the variants' form of numbers and nulls.
class Members {
public:
    Members(std::string& out, const Variants& variants) : writer_(out), variants_(variants) {}

    JsonObjectWriter& plain() { return writer_; }
    void text(std::string_view name, const std::optional<std::string>& value) {
        if (value) {
            writer_.string(name, *value);
        } else if (!variants_.omit_null_members) {
            writer_.null(name);
        }
    }
    void time(std::string_view name, std::optional<Instant> at) {
        text(name, at ? std::optional{stamp_text(*at, variants_)} : std::nullopt);
    }
    void number(std::string_view name, std::string digits) {
        if (variants_.numbers_with_point && digits.find('.') == std::string::npos) digits += ".0";
        if (variants_.numbers_as_strings) {
            writer_.string(name, digits);
        } else {
            writer_.raw(name, digits);
        }
    }
    void close() { writer_.close(); }

private:
    JsonObjectWriter writer_;
    const Variants& variants_;
};

void write_taxes(std::string& out, const Tax& tax) {
    out += '[';
    if (tax.id != 0) {
        JsonObjectWriter entry{out};
        entry.number("id", tax.id).string("name", tax.name).string("type", "IVA").raw("percentage", tax.percentage);
        entry.close();
    }
    out += ']';
}

void write_prices(std::string& out, const Item& item, const Variants& variants) {
    out += '[';
    JsonObjectWriter currency{out};
    currency.string("currency_code", "COP");
    std::string& list = currency.open("price_list");
    list += '[';
    const auto price = [&](int position, std::string_view name, std::int64_t value) {
        if (position > 1) list += ',';
        Members entry{list, variants};
        entry.plain().number("position", position).string("name", name);
        entry.number("value", std::to_string(value));
        entry.close();
    };
    price(1, "Precio de venta 1", item.price);
    if (item.wholesale_price) price(2, "Precio mayorista", *item.wholesale_price);
    list += ']';
    currency.close();
    out += ']';
}

void write_components(std::string& out, const Item& combo, const Company& company) {
    out += '[';
    bool first = true;
    for (const Slot slot : combo.components) {
        const Item* part = company.find(slot);
        if (!part) continue;
        if (!std::exchange(first, false)) out += ',';
        JsonObjectWriter entry{out};
        entry.string("id", part->id.to_string()).string("code", part->code).string("name", part->name);
        entry.close();
    }
    out += ']';
}

void write_warehouses(std::string& out, const Figures& figures, const Company& company, const Variants& variants) {
    out += '[';
    bool first = true;
    for (const auto& shelf : figures.shelves) {
        const Warehouse& warehouse = company.warehouses()[shelf.warehouse];
        if (!std::exchange(first, false)) out += ',';
        Members entry{out, variants};
        if (!warehouse.listed && variants.unassigned_id_null) {
            entry.plain().null("id");
        } else {
            entry.plain().number("id", warehouse.id);
        }
        entry.plain().string("name", warehouse.name);
        entry.number("quantity", shelf.quantity.to_string());
        entry.close();
    }
    out += ']';
}

/// What products and notifications have in common, up to the additional fields.
void write_properties(Members& to, const Item& item, const Company& company, const Variants& variants) {
    auto& plain = to.plain();
    plain.string("id", item.id.to_string()).string("code", item.code).string("name", item.name);
    JsonObjectWriter group{plain.open("account_group")};
    group.number("id", item.group.id).string("name", item.group.name);
    group.close();
    plain.string("type", to_string(item.type));
    plain.boolean("stock_control", item.stock_control).boolean("active", item.active);
    plain.string("tax_classification", item.tax.classification).boolean("tax_included", false);
    to.number("tax_consumption_value", "0");
    write_taxes(plain.open("taxes"), item.tax);
    write_prices(plain.open("prices"), item, variants);
    JsonObjectWriter unit{plain.open("unit")};
    unit.string("code", item.unit.code).string("name", item.unit.name);
    unit.close();
    plain.string("unit_label", item.unit.name);
    to.text("reference", item.reference);
    to.text("description", item.description);
    if (item.type == ItemType::combo) write_components(plain.open("components"), item, company);
    if (variants.unknown_members) plain.raw("sustainability", R"({"score":4.50,"labels":["reciclable",null]})");
}

void write_additional_fields(Members& to, const Item& item) {
    to.text("barcode", item.barcode);
    to.text("brand", item.brand);
    to.text("tariff", item.tariff);
    to.text("model", item.model);
}

bool says_quantity(const Item& item, const Variants& variants) {
    return item.type != ItemType::combo || !variants.combo_without_quantity;
}

std::string_view quantity_name(const Variants& variants) {
    if (variants.notification_new_stock) return "new_stock";
    if (variants.notification_stock) return "stock";
    return "available_quantity";
}

void write_metadata(Members& to, const Item& item, const Figures& figures, bool with_stock_updated) {
    to.time("created", item.created);
    to.time("last_updated", item.last_updated);
    if (with_stock_updated) to.time("stock_updated", figures.stock_updated);
}

void write_nested(Members& to, const Item& item, const Figures& figures, const Variants& variants,
                  bool with_stock_updated) {
    Members fields{to.plain().open("additional_fields"), variants};
    write_additional_fields(fields, item);
    fields.close();
    Members metadata{to.plain().open("metadata"), variants};
    write_metadata(metadata, item, figures, with_stock_updated);
    metadata.close();
}

}  // namespace

std::string stamp_text(Instant at, const Variants& variants) {
    constexpr std::chrono::hours bogota_offset{5};
    std::string text = (variants.stamps_with_offset ? at - bogota_offset : at).to_iso();
    if (!variants.stamps_with_offset && !variants.stamps_without_zone) return text;
    text.pop_back();  // the Z
    if (variants.stamps_with_offset) text += "-05:00";
    return text;
}

void write_product(std::string& out, const Item& item, const Figures& figures, const Company& company,
                   const Variants& variants) {
    Members members{out, variants};
    write_properties(members, item, company, variants);
    if (says_quantity(item, variants)) members.number("available_quantity", figures.available.to_string());
    write_warehouses(members.plain().open("warehouses"), figures, company, variants);
    write_nested(members, item, figures, variants, !variants.omit_stock_updated);
    members.close();
}

void write_notification(std::string& out, const Item& item, const Sender& sender, const Company& company,
                        const Variants& variants) {
    const Figures& figures = item.figures;
    Members members{out, variants};
    auto& plain = members.plain();
    plain.string("company_key", sender.company_key).string("username", sender.username).string("topic", sender.topic);
    write_properties(members, item, company, variants);
    if (!variants.notification_without_quantity && says_quantity(item, variants)) {
        members.number(quantity_name(variants), figures.available.to_string());
    }
    write_warehouses(plain.open("warehouses"), figures, company, variants);
    if (variants.notification_nested || variants.notification_both_places) {
        write_nested(members, item, figures, variants, /*with_stock_updated=*/true);
    }
    if (variants.notification_both_places) {
        // Where the two places differ the nested one is right, so the other says something else.
        plain.string("barcode", "0").string("brand", "Otra").string("tariff", "0").string("model", "Otro");
        for (const auto name : {"created", "last_updated", "stock_updated"}) {
            plain.string(name, stamp_text(item.created, variants));
        }
    } else if (!variants.notification_nested) {
        write_additional_fields(members, item);
        write_metadata(members, item, figures, /*with_stock_updated=*/true);
    }
    members.close();
}

std::string wrapped(std::string notification, const Variants& variants) {
    if (!variants.notification_in_data) return notification;
    std::string whole;
    JsonObjectWriter writer{whole};
    writer.raw("data", notification);
    writer.close();
    return whole;
}

}  // namespace stockcast::sim
