#include "stockcast/model/logs.hpp"

#include "json_members.hpp"

namespace stockcast {

std::string_view to_string(WebhookResult result) {
    switch (result) {
        case WebhookResult::applied: return "applied";
        case WebhookResult::unchanged: return "unchanged";
        case WebhookResult::stale: return "stale";
        case WebhookResult::deferred: return "deferred";
        case WebhookResult::refused: break;
    }
    return "refused";
}

std::string_view to_string(SyncKind kind) {
    return kind == SyncKind::full ? "full" : "incremental";
}

std::string_view to_string(SyncOutcome outcome) {
    switch (outcome) {
        case SyncOutcome::running: return "running";
        case SyncOutcome::completed: return "completed";
        case SyncOutcome::failed: break;
    }
    return "failed";
}

void write_webhook_log_json(std::string& out, const WebhookLog& log) {
    JsonObjectWriter writer{out};
    write_id(writer, "id", log.id);
    write_text(writer, "topic", log.topic);
    write_text(writer, "company_key", log.company_key);
    log.product ? writer.string("product_id", log.product->to_string()) : writer.null("product_id");
    write_text(writer, "product_code", log.product_code);
    writer.boolean("processed", log.processed);
    writer.string("result", to_string(log.result));
    write_quantity(writer, "old_stock", log.old_stock);
    write_quantity(writer, "new_stock", log.new_stock);
    write_text(writer, "error", log.error);
    writer.string("source", to_string(log.source));
    writer.string("received_at", log.received_at.to_iso_ms());
    // Written anew, not copied: so that a payload with line breaks keeps to one line of JSON Lines or of an SSE frame.
    if (const auto payload = parse_json(log.payload)) {
        write_json(writer.open("payload"), *payload);
    } else {
        writer.string("payload", log.payload);
    }
    writer.string("company", log.company);
    if (!log.reprocess_of.is_none()) write_id(writer, "reprocess_of", log.reprocess_of);
    writer.close();
}

void write_sync_log_json(std::string& out, const SyncLog& log) {
    JsonObjectWriter writer{out};
    write_id(writer, "id", log.id);
    writer.string("company", log.company);
    writer.string("kind", to_string(log.kind));
    writer.string("source", to_string(log.source));
    writer.string("outcome", to_string(log.outcome));
    writer.string("started_at", log.started_at.to_iso_ms());
    write_instant(writer, "finished_at", log.finished_at);
    write_count(writer, "pages", log.pages);
    write_count(writer, "requests", log.requests);
    write_count(writer, "seen", log.seen);
    write_count(writer, "created", log.created);
    write_count(writer, "updated", log.updated);
    write_count(writer, "deleted", log.deleted);
    write_count(writer, "unannounced", log.unannounced);
    write_text(writer, "error", log.error);
    writer.close();
}

namespace {

std::string_view outcome_of(unsigned status) {
    if (status == 0) return "unknown";
    if (status < 400) return "done";
    return status < 500 ? "refused" : "failed";
}

}  // namespace

void write_audit_json(std::string& out, const AuditEntry& entry) {
    JsonObjectWriter writer{out};
    write_id(writer, "id", entry.id);
    writer.string("at", entry.at.to_iso_ms());
    write_text(writer, "subject", entry.subject);
    write_text(writer, "role", entry.role);
    write_text(writer, "address", entry.address);
    writer.string("method", entry.method);
    writer.string("path", entry.path);
    writer.raw("parameters", entry.parameters.empty() ? "{}" : entry.parameters);
    entry.status == 0 ? writer.null("status") : writer.number("status", entry.status);
    writer.string("outcome", outcome_of(entry.status));
    write_count(writer, "attempts", entry.attempts);
    write_text(writer, "request_id", entry.request_id);
    writer.string("company", entry.company);
    writer.close();
}

void write_subscription_json(std::string& out, const Subscription& subscription) {
    JsonObjectWriter writer{out};
    writer.string("id", subscription.id);
    writer.string("application_id", subscription.application_id);
    writer.string("topic", subscription.topic);
    writer.string("url", subscription.url);
    write_text(writer, "company_key", subscription.company_key);
    writer.boolean("active", subscription.active);
    write_text(writer, "created_at", subscription.created_at);
    writer.close();
}

}  // namespace stockcast
