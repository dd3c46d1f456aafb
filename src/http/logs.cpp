#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/handlers.hpp"
#include "http/log_scan.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <utility>

namespace stockcast {
namespace {

/// What `GET /api/webhooks/logs` narrows its list by.
struct WebhookLogFilter {
    std::optional<std::string> topic;
    std::optional<std::string> product;  ///< an id or a code
    std::optional<ProductId> product_id;
    std::optional<bool> processed;

    bool accepts(const WebhookLog& log) const {
        if (topic && log.topic != *topic) return false;
        if (processed && log.processed != *processed) return false;
        if (!product) return true;
        return log.product_code == *product || (product_id && log.product == product_id);
    }
};

}  // namespace

asio::awaitable<HttpResponse> list_webhook_logs(Services& services, Call call) {
    Arguments arguments{call.query};
    auto range = read_log_range(arguments, services.settings.company);
    range.from = arguments.time("from");
    range.to = arguments.time("to");
    WebhookLogFilter filter;
    filter.topic = arguments.text("topic");
    filter.processed = arguments.boolean("processed");
    filter.product = arguments.text("product");
    if (filter.product) {
        if (const auto id = ProductId::parse(*filter.product)) filter.product_id = *id;
    }
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    auto append = [filter = std::move(filter)](std::string& out, std::string_view value) -> Result<Wanted> {
        const auto log = records::decode_webhook_log(value);
        if (!log) return log.error();
        if (!filter.accepts(*log)) return Wanted::no;
        write_webhook_log_json(out, *log);
        return Wanted::yes;
    };
    co_return co_await answer_log(services, std::move(call), "logs", Family::webhook_logs, std::move(range),
                                  std::move(append));
}

asio::awaitable<HttpResponse> show_webhook_log(Services& services, Call call) {
    const auto id = LogId::parse(call.arguments.front());
    if (!id) co_return problem(404, "No log entry has this id");
    const auto job = [&store = services.store, key = keys::log(services.settings.company, *id)] {
        return store.get(Family::webhook_logs, key);
    };
    const auto value = co_await offload(services.workers, job);
    if (!value) co_return failure_answer(value.error());
    if (!*value) co_return problem(404, "No log entry has this id");
    const auto log = records::decode_webhook_log(**value);
    if (!log) co_return failure_answer(log.error());

    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_webhook_log_json(json.open("log"), *log);
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<HttpResponse> list_sync_logs(Services& services, Call call) {
    Arguments arguments{call.query};
    auto range = read_log_range(arguments, services.settings.company);
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    auto append = [](std::string& out, std::string_view value) -> Result<Wanted> {
        const auto log = records::decode_sync_log(value);
        if (!log) return log.error();
        write_sync_log_json(out, *log);
        return Wanted::yes;
    };
    co_return co_await answer_log(services, std::move(call), "logs", Family::sync_logs, std::move(range), append);
}

}  // namespace stockcast
