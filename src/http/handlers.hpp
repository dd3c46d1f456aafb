#pragma once

#include "http/route.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/net/http_message.hpp"

#include <string>

/// The handlers of the table in routes.cpp, each subject in a file of its own.
namespace stockcast {

asio::awaitable<HttpResponse> receive_notification(Services& services, Call call);  // webhooks.cpp
asio::awaitable<HttpResponse> receive_hint(Services& services, Call call);
/// The log entry of a notification whose body is too large to be read.
asio::awaitable<void> keep_too_large(Services& services, std::string request_id);

asio::awaitable<HttpResponse> list_products(Services& services, Call call);  // products.cpp
asio::awaitable<HttpResponse> show_product(Services& services, Call call);
asio::awaitable<HttpResponse> list_product_history(Services& services, Call call);  // product_history.cpp

asio::awaitable<HttpResponse> list_changes(Services& services, Call call);  // changes.cpp
asio::awaitable<HttpResponse> list_drift(Services& services, Call call);    // drift.cpp

asio::awaitable<HttpResponse> list_streams(Services& services, Call call);  // streams.cpp
asio::awaitable<HttpResponse> end_stream(Services& services, Call call);

extern const Stream websocket_stream;  // socket.cpp
extern const Stream event_stream;      // events.cpp

asio::awaitable<HttpResponse> list_webhook_logs(Services& services, Call call);  // logs.cpp
asio::awaitable<HttpResponse> show_webhook_log(Services& services, Call call);
asio::awaitable<HttpResponse> list_sync_logs(Services& services, Call call);

asio::awaitable<HttpResponse> show_stats(Services& services, Call call);  // status.cpp
asio::awaitable<HttpResponse> start_sync(Services& services, Call call);
asio::awaitable<HttpResponse> show_alive(Services& services, Call call);
asio::awaitable<HttpResponse> show_ready(Services& services, Call call);

asio::awaitable<HttpResponse> show_openapi(Services& services, Call call);  // openapi.cpp
asio::awaitable<HttpResponse> show_asyncapi(Services& services, Call call);
asio::awaitable<HttpResponse> show_metrics(Services& services, Call call);           // metrics.cpp
asio::awaitable<HttpResponse> reprocess_webhook_log(Services& services, Call call);  // webhook_trials.cpp
asio::awaitable<HttpResponse> test_webhook(Services& services, Call call);
/// Tests whose figure still stands, since a crash or a stop came in between.
asio::awaitable<void> take_back_tests(Services& services);

asio::awaitable<HttpResponse> set_up_subscriptions(Services& services, Call call);  // subscriptions.cpp
asio::awaitable<HttpResponse> list_subscriptions(Services& services, Call call);

asio::awaitable<HttpResponse> refresh_product(Services& services, Call call);  // refresh.cpp

asio::awaitable<HttpResponse> list_audit(Services& services, Call call);  // audit.cpp

asio::awaitable<HttpResponse> open_session(Services& services, Call call);  // sessions.cpp
asio::awaitable<HttpResponse> end_session(Services& services, Call call);
asio::awaitable<HttpResponse> issue_ticket(Services& services, Call call);

asio::awaitable<HttpResponse> show_client(Services& services, Call call);  // client.cpp.in
asio::awaitable<HttpResponse> show_page(Services& services, Call call);    // page.cpp.in

}  // namespace stockcast
