#pragma once

#include "stockcast/siigo/translate.hpp"

#include <cstdlib>
#include <string>

namespace stockcast::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

/// The observation as SIIGO would list it: what was understood, written in the documented form.
inline Json row_of(const Observation& said) {
    Json row = said.properties;
    if (said.available) row.set("available_quantity", Json{JsonNumber{said.available->to_string()}});
    if (said.warehouses) {
        Json::Array warehouses;
        for (const auto& stock : *said.warehouses) {
            auto id = parse_json(stock.id);
            require(id.has_value());
            warehouses.emplace_back(Json::Object{{"id", std::move(*id)},
                                                 {"name", Json{stock.name}},
                                                 {"quantity", Json{JsonNumber{stock.quantity.to_string()}}}});
        }
        row.set("warehouses", Json{std::move(warehouses)});
    }
    Json::Object metadata;
    if (said.created) metadata.emplace_back("created", Json{said.created->to_iso()});
    if (said.last_updated) metadata.emplace_back("last_updated", Json{said.last_updated->to_iso()});
    if (said.stock_updated) metadata.emplace_back("stock_updated", Json{said.stock_updated->to_iso()});
    row.set("metadata", Json{std::move(metadata)});
    return row;
}

/// What was understood once is understood the same when it comes back in the documented form, through its text.
inline void require_read_back(const Observation& said) {
    const auto text = to_text(row_of(said));
    auto row =
        parse_json(text, {.depth = 64, .bytes = std::size_t{64} << 20U, .number_characters = 128, .exponent = 400});
    require(row.has_value());
    const auto again = siigo::read_product(std::move(*row));
    require(again.has_value());
    require(again->product == said.product && again->available == said.available);
    require(again->warehouses == said.warehouses);
    require(again->created == said.created && again->last_updated == said.last_updated);
    require(again->stock_updated == said.stock_updated);
    require(again->properties == said.properties);
}

}  // namespace stockcast::fuzz
