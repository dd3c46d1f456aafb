#pragma once

#include "support/builders.hpp"

#include "stockcast/model/logs.hpp"
#include "stockcast/store/records.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stockcast::test {

/// A product in which no member has the value that an absent one is read as.
inline Product full_product() {
    Product full = product()
                       .with_stock("12.5")
                       .in_warehouse("1270", "Bodega principal", "10")
                       .in_warehouse("null", "", "-2.5")
                       .as_of("10:30:00.1234567")
                       .properties_as_of("09:00")
                       .seen(41, "10:31")
                       .awaiting_read("10:40", 42)
                       .named("Camión «ñ»");
    full.active = false;
    full.stock_control = false;
    full.deleted = true;
    full.made_up = true;
    full.properties = R"({"id":"x","prices":[{"value":1.50}]})";
    full.created = at("2020-02-29T23:59:59.9999999Z");
    full.last_updated = at("09:00");
    full.test = TestInPlace{log_id(4), quantity("3"), {{"1270", "Bodega", quantity("3")}}, at("10:30"), {}};
    full.test->stock_register = {at("10:30"), 40, at("10:31"), true};
    full.seq = 7;
    full.changed_at = at("10:32");
    full.synced_at = at("10:33");
    return full;
}

inline std::vector<Product> sample_products() {
    auto unknown_figure = product().build();
    auto no_code = product().with_stock("-0.001").build();
    no_code.code.clear();
    no_code.properties.clear();
    Product before_1970 = product().with_stock(0);
    before_1970.created = at("0001-01-01T00:00:00Z");
    before_1970.synced_at = at("9999-12-31T23:59:59.9999999Z");
    Product bare;
    return {full_product(), unknown_figure, no_code, before_1970, bare};
}

/// What every change keeps of its product.
inline Product identity_of(const Product& whole) {
    Product kept;
    kept.company = whole.company;
    kept.id = whole.id;
    kept.number = whole.number;
    kept.code = whole.code;
    kept.name = whole.name;
    kept.active = whole.active;
    kept.stock_control = whole.stock_control;
    kept.deleted = whole.deleted;
    kept.made_up = whole.made_up;
    return kept;
}

inline records::StoredChange stock_change() {
    records::StoredChange stored;
    Change& change = stored.change;
    change.seq = 300;
    change.type = ChangeType::stock_updated;
    change.source = Source::replay;
    change.cause = log_id(5);
    change.recorded_at = at("10:30");
    change.product = identity_of(product());
    change.product.available = quantity("15");
    change.product.warehouses = {{"1270", "Bodega", quantity("15")}};
    change.product.stock_updated = at("10:29");
    change.product.seq = 300;
    change.product.changed_at = at("10:30");
    change.old_stock = quantity("10");
    change.warehouses = {{"1270", "Bodega", quantity("10"), quantity("15")},
                         {"\"x\"", "", std::nullopt, quantity("0")},
                         {"null", "Sin asignar", quantity("-1"), std::nullopt}};
    stored.event = R"({"type":"stock_updated","seq":300})";
    return stored;
}

/// One of each type, holding exactly what is kept of it.
inline std::vector<records::StoredChange> sample_changes() {
    auto stock = stock_change();
    auto created = stock;
    created.change.type = ChangeType::product_created;
    created.change.product = full_product();
    created.change.product.seq = created.change.seq;
    created.change.product.changed_at = created.change.recorded_at;
    created.change.old_stock.reset();
    created.change.warehouses.clear();
    auto updated = created;
    updated.change.type = ChangeType::product_updated;
    updated.change.changed = {"name", "prices", ""};
    auto deleted = created;
    deleted.change.type = ChangeType::product_deleted;
    deleted.change.product = identity_of(product().deleted());
    deleted.change.product.seq = deleted.change.seq;
    deleted.change.product.changed_at = deleted.change.recorded_at;
    return {stock, created, updated, deleted};
}

inline std::vector<WebhookLog> sample_webhook_logs() {
    WebhookLog full;
    full.id = log_id(1);
    full.company = "main";
    full.source = Source::test;
    full.received_at = at("10:30");
    full.topic = "public.siigoapi.products.stock.update";
    full.company_key = "Empresa";
    full.product = product_id(3);
    full.product_code = "PROD001";
    full.result = WebhookResult::stale;
    full.processed = true;
    full.old_stock = quantity("10");
    full.new_stock = quantity("15");
    full.error = "none really";
    full.payload = std::string{"{\"a\": 1.50,\n\t\"b\":\"\xff\0\"}", 22};
    full.reprocess_of = log_id(9);
    return {full, WebhookLog{}};
}

inline std::vector<SyncLog> sample_sync_logs() {
    SyncLog full;
    full.id = log_id(2);
    full.company = "main";
    full.kind = SyncKind::full;
    full.source = Source::manual_sync;
    full.outcome = SyncOutcome::failed;
    full.started_at = at("10:00");
    full.finished_at = at("10:05");
    full.pages = 12;
    full.requests = 13;
    full.seen = 589;
    full.created = 1;
    full.updated = 2;
    full.deleted = 3;
    full.unannounced = 4;
    full.error = "siigo_unavailable";
    return {full, SyncLog{}};
}

inline std::vector<AuditEntry> sample_audit() {
    AuditEntry full;
    full.id = log_id(3);
    full.company = "main";
    full.at = at("10:30");
    full.subject = "ana";
    full.role = "admin";
    full.address = "2001:db8::1";
    full.method = "POST";
    full.path = "/api/webhooks/test";
    full.parameters = R"({"new_stock":15})";
    full.status = 403;
    full.request_id = "01JJ1Z7WF6CEM1QN4Y7Z8K3B2D";
    full.attempts = 7;
    return {full, AuditEntry{}};
}

inline std::vector<Subscription> sample_subscriptions() {
    return {{"id-1", "stockcast", "public.siigoapi.products.update", "https://shop.example/x", "Empresa", true,
             "2025-01-20"},
            Subscription{}};
}

}  // namespace stockcast::test
