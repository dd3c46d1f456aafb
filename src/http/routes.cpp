#include "http/handlers.hpp"
#include "http/route.hpp"

namespace stockcast {
namespace {

using Kind = ParameterKind;

constexpr Parameter limit_parameter{"limit", Kind::whole, "entries a page, 1 to 1000; 100 where absent"};
constexpr Parameter before_parameter{"before", Kind::text, "`next` of the page before"};
constexpr Parameter before_seq_parameter{"before", Kind::whole, "`next` of the page before"};

constexpr Parameter product_list[] = {
    limit_parameter,
    {"cursor", Kind::text, "`next` of the page before"},
    {"search", Kind::text, "a part of code, name or barcode; without case or accents"},
    {"active", Kind::boolean, "only active or only inactive ones"},
    {"warehouse", Kind::text, "only those with a figure in the warehouse of this id"},
    {"stock_below", Kind::quantity, "only those with less than this, in `warehouse` where that is given"},
};
constexpr Parameter by_parameter{"by", Kind::text, "`code` when the path names a code instead of SIIGO's id"};
constexpr Parameter product_one[] = {
    by_parameter,
    {"at", Kind::text, "a time or a seq: its stock as it was then"},
};
constexpr Parameter product_refresh[] = {by_parameter};
constexpr Parameter product_history[] = {by_parameter, limit_parameter, before_seq_parameter};
constexpr Parameter change_list[] = {
    {"since", Kind::whole, "the last `seq` that is known; 0 where absent"},
    limit_parameter,
    {"wait", Kind::duration, "how long to wait for a change when there is none, up to 60s"},
    {"epoch", Kind::text, "the epoch that `since` belongs to"},
};
constexpr Parameter socket[] = {
    {"since", Kind::whole, "the last `seq` that is known"},
    {"epoch", Kind::text, "the epoch that `since` belongs to"},
    {"access_token", Kind::text, "the token, where no header can be set"},
    {"ticket", Kind::text, "a ticket instead of a token, from `POST /api/stream/ticket`"},
};
constexpr Parameter event_list[] = {
    {"since", Kind::whole, "the last `seq` that is known; the header Last-Event-ID goes before it"},
    {"epoch", Kind::text, "the epoch that `since` belongs to"},
    {"types", Kind::list, "only messages of these types, separated by commas"},
    {"codes", Kind::list, "only changes of products with these codes, separated by commas"},
    {"warehouses", Kind::list, "only changes of figures in the warehouses of these ids, separated by commas"},
    {"access_token", Kind::text, "the token, where no header can be set"},
    {"ticket", Kind::text, "a ticket instead of a token, from `POST /api/stream/ticket`"},
};
constexpr Parameter webhook_log_list[] = {
    limit_parameter,
    before_parameter,
    {"topic", Kind::text, "only this topic"},
    {"product", Kind::text, "only this product, by id or code"},
    {"processed", Kind::boolean, "only those that were processed, or only those that were refused"},
    {"from", Kind::time, "received at this time or later"},
    {"to", Kind::time, "received before this time"},
};
constexpr Parameter audit_list[] = {
    limit_parameter,
    before_parameter,
    {"subject", Kind::text, "only this subject of tokens"},
    {"from", Kind::time, "at this time or later"},
    {"to", Kind::time, "before this time"},
};
constexpr Parameter sync_log_list[] = {limit_parameter, before_parameter};
constexpr Parameter drift_list[] = {limit_parameter, before_seq_parameter};
constexpr Parameter stream_list[] = {limit_parameter, {"cursor", Kind::text, "`next` of the page before"}};
constexpr Parameter sync_start[] = {{"full", Kind::boolean, "`true`: the whole catalogue"}};

// clang-format off
constexpr Route table[] = {
    {"POST", "/api/webhooks/receive/{secret}", Entry::secret, BodyKind::judged, {}, receive_notification, "SIIGO's notifications"},
    {"POST", "/api/webhooks/receive", Entry::open, BodyKind::json, {}, receive_hint, "a notification that can't be believed: a hint to fetch the product"},
    {"GET", "/ws", Entry::stream, BodyKind::none, socket, nullptr, "every change as it happens, over WebSocket", &websocket_stream},
    {"GET", "/api/events", Entry::stream, BodyKind::none, event_list, nullptr, "every change as it happens, as Server-Sent Events", &event_stream},
    {"GET", "/healthz", Entry::health, BodyKind::none, {}, show_alive, "the server is alive"},
    {"GET", "/readyz", Entry::health, BodyKind::none, {}, show_ready, "the server can do its work"},
    {"GET", "/api/changes", Entry::viewer, BodyKind::none, change_list, list_changes, "changes after a position, oldest first"},
    {"GET", "/api/products", Entry::viewer, BodyKind::none, product_list, list_products, "the products held"},
    {"GET", "/api/products/{id}", Entry::viewer, BodyKind::none, product_one, show_product, "one product"},
    {"GET", "/api/products/{id}/history", Entry::viewer, BodyKind::none, product_history, list_product_history, "changes of one product, newest first"},
    {"GET", "/api/webhooks/logs", Entry::viewer, BodyKind::none, webhook_log_list, list_webhook_logs, "notifications received, newest first"},
    {"GET", "/api/webhooks/logs/{id}", Entry::viewer, BodyKind::none, {}, show_webhook_log, "one notification in full"},
    {"POST", "/api/webhooks/logs/{id}/reprocess", Entry::admin, BodyKind::none, {}, reprocess_webhook_log, "puts a notification through again"},
    {"POST", "/api/webhooks/test", Entry::admin, BodyKind::json, {}, test_webhook, "a made-up notification, taken back at once"},
    {"POST", "/api/webhooks/setup", Entry::admin, BodyKind::none, {}, set_up_subscriptions, "puts the account's subscriptions right"},
    {"GET", "/api/webhooks/subscriptions", Entry::viewer, BodyKind::none, {}, list_subscriptions, "our subscriptions at SIIGO"},
    {"GET", "/api/webhooks/stats", Entry::viewer, BodyKind::none, {}, show_stats, "counts and states"},
    {"GET", "/api/stats", Entry::viewer, BodyKind::none, {}, show_stats, "counts and states"},
    {"GET", "/api/drift", Entry::viewer, BodyKind::none, drift_list, list_drift, "what a sync found and no webhook had told, newest first"},
    {"GET", "/api/sync/logs", Entry::viewer, BodyKind::none, sync_log_list, list_sync_logs, "runs of the sync, newest first"},
    {"POST", "/api/sync", Entry::admin, BodyKind::none, sync_start, start_sync, "starts a sync"},
    {"GET", "/openapi.json", Entry::open, BodyKind::none, {}, show_openapi, "this interface, as OpenAPI 3.1"},
    {"GET", "/asyncapi.json", Entry::open, BodyKind::none, {}, show_asyncapi, "the streams' messages, as AsyncAPI 3"},
    {"GET", "/metrics", Entry::open, BodyKind::none, {}, show_metrics, "measurements for Prometheus"},
    {"POST", "/api/products/{id}/refresh", Entry::admin, BodyKind::none, product_refresh, refresh_product, "reads one product from SIIGO now"},
    {"GET", "/api/audit", Entry::admin, BodyKind::none, audit_list, list_audit, "who did what through the API, newest first"},
    {"POST", "/api/session", Entry::viewer, BodyKind::none, {}, open_session, "turns a token into a browser's session"},
    {"DELETE", "/api/session", Entry::viewer, BodyKind::none, {}, end_session, "ends a browser's session"},
    {"POST", "/api/stream/ticket", Entry::viewer, BodyKind::none, {}, issue_ticket, "a one-use ticket for a stream"},
    {"GET", "/api/streams", Entry::admin, BodyKind::none, stream_list, list_streams, "the open streams, oldest first"},
    {"DELETE", "/api/streams/{id}", Entry::admin, BodyKind::none, {}, end_stream, "ends a stream"},
    {"GET", "/client.js", Entry::open, BodyKind::none, {}, show_client, "the client for pages, as a module to import"},
    {"GET", "/", Entry::open, BodyKind::none, {}, show_page, "a page that shows the changes live"},
};
// clang-format on

}  // namespace

bool is_tagged(const Route& route) {
    return route.method == "GET" && route.handler != nullptr &&
           (route.entry == Entry::viewer || route.entry == Entry::admin || route.handler == show_client);
}

std::span<const Route> routes() {
    return table;
}

}  // namespace stockcast
