#include "store/record_parts.hpp"

#include "stockcast/store/records.hpp"

namespace stockcast::records {
namespace {

// Numbers on disk: never given to another meaning.
namespace webhook_tag {
enum : std::uint8_t {
    id = 1,
    company,
    source,
    received_at,
    topic,
    company_key,
    product,
    product_code,
    result,
    processed,
    old_stock,
    new_stock,
    error,
    payload,
    reprocess_of
};
}
namespace sync_tag {
enum : std::uint8_t {
    id = 1,
    company,
    kind,
    source,
    outcome,
    started_at,
    finished_at,
    pages,
    requests,
    seen,
    created,
    updated,
    deleted,
    unannounced,
    error
};
}
namespace audit_tag {
enum : std::uint8_t {
    id = 1,
    company,
    at,
    subject,
    role,
    address,
    method,
    path,
    parameters,
    status,
    request_id,
    attempts
};
}
namespace subscription_tag {
enum : std::uint8_t { id = 1, application_id, topic, url, company_key, active, created_at };
}
constexpr std::uint8_t text_tag = 1;

constexpr std::array result_codes{WebhookResult::applied, WebhookResult::unchanged, WebhookResult::stale,
                                  WebhookResult::deferred, WebhookResult::refused};
constexpr std::array kind_codes{SyncKind::full, SyncKind::incremental};
constexpr std::array outcome_codes{SyncOutcome::running, SyncOutcome::completed, SyncOutcome::failed};

Result<void> keep_flag(const FieldReader::Raw& field, bool& to) {
    const auto number = FieldReader::number(field);
    if (!number) return number.error();
    to = *number != 0;
    return {};
}

Result<void> keep_status(const FieldReader::Raw& field, unsigned& to) {
    const auto number = FieldReader::number(field);
    if (!number) return number.error();
    if (*number > 999) return Errc::store_damaged;
    to = static_cast<unsigned>(*number);
    return {};
}

}  // namespace

std::string encode(const WebhookLog& log) {
    FieldWriter out{form_version, 256 + log.payload.size() + log.error.size()};
    out.text(webhook_tag::id, bytes_of(log.id.bytes()))
        .text_unless_empty(webhook_tag::company, log.company)
        .number(webhook_tag::source, code_of(source_codes, log.source))
        .instant(webhook_tag::received_at, log.received_at)
        .text_unless_empty(webhook_tag::topic, log.topic)
        .text_unless_empty(webhook_tag::company_key, log.company_key);
    if (log.product) out.text(webhook_tag::product, bytes_of(log.product->bytes()));
    out.text_unless_empty(webhook_tag::product_code, log.product_code)
        .number(webhook_tag::result, code_of(result_codes, log.result))
        .number_unless_zero(webhook_tag::processed, log.processed ? 1 : 0)
        .quantity_if(webhook_tag::old_stock, log.old_stock)
        .quantity_if(webhook_tag::new_stock, log.new_stock)
        .text_unless_empty(webhook_tag::error, log.error)
        .text_unless_empty(webhook_tag::payload, log.payload);
    if (!log.reprocess_of.is_none()) out.text(webhook_tag::reprocess_of, bytes_of(log.reprocess_of.bytes()));
    return out.finish();
}

Result<WebhookLog> decode_webhook_log(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    WebhookLog log;
    const auto read = each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case webhook_tag::id: return keep_id(field, log.id);
            case webhook_tag::company: return keep_text(field, log.company);
            case webhook_tag::source: return keep(from_code(source_codes, field), log.source);
            case webhook_tag::received_at: return keep(FieldReader::instant(field), log.received_at);
            case webhook_tag::topic: return keep_text(field, log.topic);
            case webhook_tag::company_key: return keep_text(field, log.company_key);
            case webhook_tag::product: return keep_id(field, log.product.emplace());
            case webhook_tag::product_code: return keep_text(field, log.product_code);
            case webhook_tag::result: return keep(from_code(result_codes, field), log.result);
            case webhook_tag::processed: return keep_flag(field, log.processed);
            case webhook_tag::old_stock: return keep(FieldReader::quantity(field), log.old_stock);
            case webhook_tag::new_stock: return keep(FieldReader::quantity(field), log.new_stock);
            case webhook_tag::error: return keep_text(field, log.error);
            case webhook_tag::payload: return keep_text(field, log.payload);
            case webhook_tag::reprocess_of: return keep_id(field, log.reprocess_of);
            default: return {};
        }
    });
    if (!read) return read.error();
    return log;
}

std::string encode(const SyncLog& log) {
    FieldWriter out{form_version, 160 + log.error.size()};
    return out.text(sync_tag::id, bytes_of(log.id.bytes()))
        .text_unless_empty(sync_tag::company, log.company)
        .number(sync_tag::kind, code_of(kind_codes, log.kind))
        .number(sync_tag::source, code_of(source_codes, log.source))
        .number(sync_tag::outcome, code_of(outcome_codes, log.outcome))
        .instant(sync_tag::started_at, log.started_at)
        .instant_if(sync_tag::finished_at, log.finished_at)
        .number_unless_zero(sync_tag::pages, log.pages)
        .number_unless_zero(sync_tag::requests, log.requests)
        .number_unless_zero(sync_tag::seen, log.seen)
        .number_unless_zero(sync_tag::created, log.created)
        .number_unless_zero(sync_tag::updated, log.updated)
        .number_unless_zero(sync_tag::deleted, log.deleted)
        .number_unless_zero(sync_tag::unannounced, log.unannounced)
        .text_unless_empty(sync_tag::error, log.error)
        .finish();
}

Result<SyncLog> decode_sync_log(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    SyncLog log;
    const auto read = each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case sync_tag::id: return keep_id(field, log.id);
            case sync_tag::company: return keep_text(field, log.company);
            case sync_tag::kind: return keep(from_code(kind_codes, field), log.kind);
            case sync_tag::source: return keep(from_code(source_codes, field), log.source);
            case sync_tag::outcome: return keep(from_code(outcome_codes, field), log.outcome);
            case sync_tag::started_at: return keep(FieldReader::instant(field), log.started_at);
            case sync_tag::finished_at: return keep(FieldReader::instant(field), log.finished_at);
            case sync_tag::pages: return keep(FieldReader::number(field), log.pages);
            case sync_tag::requests: return keep(FieldReader::number(field), log.requests);
            case sync_tag::seen: return keep(FieldReader::number(field), log.seen);
            case sync_tag::created: return keep(FieldReader::number(field), log.created);
            case sync_tag::updated: return keep(FieldReader::number(field), log.updated);
            case sync_tag::deleted: return keep(FieldReader::number(field), log.deleted);
            case sync_tag::unannounced: return keep(FieldReader::number(field), log.unannounced);
            case sync_tag::error: return keep_text(field, log.error);
            default: return {};
        }
    });
    if (!read) return read.error();
    return log;
}

std::string encode(const AuditEntry& entry) {
    FieldWriter out{form_version, 192 + entry.parameters.size()};
    return out.text(audit_tag::id, bytes_of(entry.id.bytes()))
        .text_unless_empty(audit_tag::company, entry.company)
        .instant(audit_tag::at, entry.at)
        .text_unless_empty(audit_tag::subject, entry.subject)
        .text_unless_empty(audit_tag::role, entry.role)
        .text_unless_empty(audit_tag::address, entry.address)
        .text_unless_empty(audit_tag::method, entry.method)
        .text_unless_empty(audit_tag::path, entry.path)
        .text_unless_empty(audit_tag::parameters, entry.parameters)
        .number_unless_zero(audit_tag::status, entry.status)
        .text_unless_empty(audit_tag::request_id, entry.request_id)
        .number(audit_tag::attempts, entry.attempts)
        .finish();
}

Result<AuditEntry> decode_audit_entry(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    AuditEntry entry;
    const auto read = each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case audit_tag::id: return keep_id(field, entry.id);
            case audit_tag::company: return keep_text(field, entry.company);
            case audit_tag::at: return keep(FieldReader::instant(field), entry.at);
            case audit_tag::subject: return keep_text(field, entry.subject);
            case audit_tag::role: return keep_text(field, entry.role);
            case audit_tag::address: return keep_text(field, entry.address);
            case audit_tag::method: return keep_text(field, entry.method);
            case audit_tag::path: return keep_text(field, entry.path);
            case audit_tag::parameters: return keep_text(field, entry.parameters);
            case audit_tag::status: return keep_status(field, entry.status);
            case audit_tag::request_id: return keep_text(field, entry.request_id);
            case audit_tag::attempts: return keep(FieldReader::number(field), entry.attempts);
            default: return {};
        }
    });
    if (!read) return read.error();
    return entry;
}

std::string encode(const Subscription& subscription) {
    FieldWriter out{form_version, 384};
    return out.text(subscription_tag::id, subscription.id)
        .text_unless_empty(subscription_tag::application_id, subscription.application_id)
        .text_unless_empty(subscription_tag::topic, subscription.topic)
        .text_unless_empty(subscription_tag::url, subscription.url)
        .text_unless_empty(subscription_tag::company_key, subscription.company_key)
        .number_unless_zero(subscription_tag::active, subscription.active ? 1 : 0)
        .text_unless_empty(subscription_tag::created_at, subscription.created_at)
        .finish();
}

Result<Subscription> decode_subscription(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    Subscription subscription;
    const auto read = each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case subscription_tag::id: return keep_text(field, subscription.id);
            case subscription_tag::application_id: return keep_text(field, subscription.application_id);
            case subscription_tag::topic: return keep_text(field, subscription.topic);
            case subscription_tag::url: return keep_text(field, subscription.url);
            case subscription_tag::company_key: return keep_text(field, subscription.company_key);
            case subscription_tag::active: return keep_flag(field, subscription.active);
            case subscription_tag::created_at: return keep_text(field, subscription.created_at);
            default: return {};
        }
    });
    if (!read) return read.error();
    return subscription;
}

std::string encode_text(std::string_view text) {
    FieldWriter out{form_version, 8 + text.size()};
    return out.text(text_tag, text).finish();
}

Result<std::string> decode_text(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    std::optional<std::string> text;
    const auto read = each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        if (field.tag == text_tag) text.emplace(field.bytes);
        return {};
    });
    if (!read) return read.error();
    if (!text) return Errc::store_damaged;
    return *std::move(text);
}

}  // namespace stockcast::records
