#include "stockcast_dump.hpp"

#include "stockcast/base/csv.hpp"
#include "stockcast/base/json.hpp"

namespace stockcast::dump {
namespace {

std::string text_of(const Json* value) {
    if (value == nullptr || value->is_null()) return {};
    if (const auto* text = value->if_string()) return *text;
    return to_text(*value);
}

}  // namespace

std::vector<std::string_view> csv_columns(Family family) {
    switch (family) {
        case Family::products:
            return {"productId",          "company",    "id",      "code",    "name", "active",     "stock_control",
                    "available_quantity", "warehouses", "deleted", "made_up", "seq",  "changed_at", "synced_at"};
        case Family::product_codes: return {"company", "code", "product_id"};
        case Family::changes:
            return {"seq",         "type",     "company",  "productId", "siigoProductId", "productCode",
                    "productName", "oldStock", "newStock", "source",    "cause",          "timestamp"};
        case Family::product_changes: return {"company", "product_id", "seq"};
        case Family::webhook_logs:
            return {"id",          "company",      "topic",     "company_key",   "product_id", "product_code",
                    "processed",   "result",       "old_stock", "new_stock",     "error",      "source",
                    "received_at", "reprocess_of", "payload",   "payload_base64"};
        case Family::sync_logs:
            return {"id",       "company", "kind",    "source",  "outcome", "started_at",  "finished_at", "pages",
                    "requests", "seen",    "created", "updated", "deleted", "unannounced", "error"};
        case Family::subscriptions:
            return {"company", "id", "application_id", "topic", "url", "company_key", "active", "created_at"};
        case Family::audit:
            return {"id",   "company",    "at",     "subject", "role",     "address",   "method",
                    "path", "parameters", "status", "outcome", "attempts", "request_id"};
        case Family::meta: break;
    }
    return {"name", "value"};
}

std::string csv_header(Family family) {
    std::string row;
    for (const auto column : csv_columns(family)) {
        if (!row.empty()) row += ',';
        append_csv_cell(row, column);
    }
    return row.append(csv_line_end);
}

std::string csv_row(Family family, std::string_view json) {
    const auto entry = parse_json(json, {.depth = 64, .bytes = json.size()});
    std::string row;
    bool first = true;
    for (const auto column : csv_columns(family)) {
        if (!first) row += ',';
        first = false;
        if (entry) append_csv_cell(row, text_of(entry->find(column)));
    }
    return row.append(csv_line_end);
}

}  // namespace stockcast::dump
