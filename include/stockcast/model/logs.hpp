#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/quantity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// How a notification ended.
enum class WebhookResult {
    applied,    ///< it changed something
    unchanged,  ///< believed, and nothing differs from what is held
    stale,      ///< older than what is held: dropped
    deferred,   ///< contradicts or says no figure: the product is read from SIIGO before anything moves
    refused,    ///< no notification, or another company's: `error` says why
};
std::string_view to_string(WebhookResult result);

/// One received notification that had the secret (or a test, or a replay), with its outcome.
struct WebhookLog {
    LogId id;
    CompanyName company;
    Source source = Source::webhook;
    Instant received_at;
    std::string topic;        ///< as sent; empty when it had none
    std::string company_key;  ///< as sent
    std::optional<ProductId> product;
    std::string product_code;
    WebhookResult result = WebhookResult::refused;
    bool processed = false;  ///< true unless refused
    std::optional<Quantity> old_stock;
    std::optional<Quantity> new_stock;
    std::string error;    ///< empty: none
    std::string payload;  ///< the original bytes
    LogId reprocess_of;   ///< the entry that was put through again; none otherwise
};

/// `{"id","topic","company_key","product_id","product_code","processed","result","old_stock","new_stock","error","source",
/// "received_at","payload"}` of interface.md. A payload that is not JSON is written as a string.
void write_webhook_log_json(std::string& out, const WebhookLog& log);

enum class SyncKind { full, incremental };
std::string_view to_string(SyncKind kind);
enum class SyncOutcome { running, completed, failed };
std::string_view to_string(SyncOutcome outcome);

/// One run of the sync; rewritten as it goes on.
struct SyncLog {
    LogId id;
    CompanyName company;
    SyncKind kind = SyncKind::incremental;
    Source source = Source::scheduled_sync;
    SyncOutcome outcome = SyncOutcome::running;
    Instant started_at;
    std::optional<Instant> finished_at;
    std::uint64_t pages = 0;
    std::uint64_t requests = 0;
    std::uint64_t seen = 0;  ///< rows
    std::uint64_t created = 0;
    std::uint64_t updated = 0;  ///< products whose stock or properties changed
    std::uint64_t deleted = 0;
    std::uint64_t unannounced = 0;  ///< changes that no webhook had told
    std::string error;              ///< empty: none
};
void write_sync_log_json(std::string& out, const SyncLog& log);

/// One request that administers, or an attempt at one: who did what, from where, with what end.
struct AuditEntry {
    LogId id;
    CompanyName company;
    Instant at;
    std::string subject;  ///< the token's `sub`; empty: no good token was shown, or it names nobody
    std::string role;     ///< `viewer`, `admin`; empty: no good token was shown
    std::string address;  ///< who asked, as TRUSTED_PROXIES tell it
    std::string method;
    std::string path;            ///< without its query; a secret in it is masked
    std::string parameters;      ///< JSON object of the query's and the body's; empty: none
    unsigned status = 0;         ///< of the answer; 0: not known, since the server stopped in between
    std::string request_id;      ///< as the answer's `X-Request-Id`; empty: none
    std::uint64_t attempts = 1;  ///< refused ones that were alike, within the minute after `at`
    bool operator==(const AuditEntry&) const = default;
};
/// `{"id","at","subject","role","address","method","path","parameters","status","outcome","attempts","request_id",
/// "company"}`; `outcome` is `done`, `refused`, `failed` or `unknown`, by the status.
void write_audit_json(std::string& out, const AuditEntry& entry);

/// One of our webhook subscriptions at SIIGO, as listed there. The secret in `url` is masked wherever this is shown.
struct Subscription {
    std::string id;
    std::string application_id;
    std::string topic;
    std::string url;
    std::string company_key;
    bool active = false;
    std::string created_at;  ///< as SIIGO wrote it
    bool operator==(const Subscription&) const = default;
};
/// `{"id","application_id","topic","url","company_key","active","created_at"}`; `url` is written as it is.
void write_subscription_json(std::string& out, const Subscription& subscription);

}  // namespace stockcast
