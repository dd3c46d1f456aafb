#include "http/answer.hpp"
#include "http/handlers.hpp"
#include "http/notifications.hpp"
#include "http/request_journal.hpp"

#include "stockcast/base/json.hpp"

#include <utility>

namespace stockcast {
namespace {

std::string_view name_said(const Observation& said) {
    const auto* name = said.properties.find("name");
    const auto* text = name == nullptr ? nullptr : name->if_string();
    return text == nullptr ? std::string_view{} : std::string_view{*text};
}

}  // namespace

asio::awaitable<void> keep_too_large(Services& services, std::string request_id) {
    WebhookLog log;
    log.id = services.ledger.new_log_id();
    log.company = services.settings.company;
    log.received_at = services.clock.wall();
    co_await keep_refused(services, std::move(log), Refusal{413, "The body is too large", {}}, {},
                          std::move(request_id));
}

asio::awaitable<HttpResponse> receive_notification(Services& services, Call call) {
    WebhookLog log;
    log.id = services.ledger.new_log_id();
    log.company = services.settings.company;
    log.source = call.request.fields.get("X-Stockcast-Replay") == "1" ? Source::replay : Source::webhook;
    log.received_at = services.clock.wall();
    const SeenTick seen = services.ledger.tick();

    Result<Reception> read = read_reception(call.request, services.company_key.value());
    if (names_only_a_code(*read)) read = co_await with_product(services, *std::move(read));
    if (!read) co_return failure_answer(read.error());
    describe(log, *read);
    if (read->refusal) {
        co_await keep_refused(services, std::move(log), *read->refusal, std::move(call.request.body),
                              std::move(call.request_id));
        co_return refusal_answer(*std::move(read->refusal));
    }

    const LogId id = log.id;
    const std::string code = log.product_code;
    const std::string name{name_said(read->notification->said)};
    log.payload = std::move(call.request.body);
    auto submission = believed(services, std::move(log), *std::move(read->notification), seen);
    const auto committed = co_await services.ledger.apply(std::move(submission));
    if (!committed) co_return failure_answer(committed.error());
    services.journal.durable(call.begun);

    const auto& outcome = committed->outcomes.front();
    services.lines.tell(outcome, code, name);
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).string("id", id.to_string()).string("result", to_string(outcome.result));
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<HttpResponse> receive_hint(Services& services, Call call) {
    Result<Reception> read = read_reception(call.request, services.company_key.value());
    if (names_only_a_code(*read)) read = co_await with_product(services, *std::move(read));
    if (!read) co_return failure_answer(read.error());
    if (read->refusal) co_return refusal_answer(*std::move(read->refusal));

    // Nothing of its figures is believed; nothing is written either, so that a forger can't fill the disk.
    const bool scheduled = services.upstream.hint(*read->notification->product);
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).boolean("scheduled", scheduled);
    json.close();
    co_return json_answer(202, std::move(body));
}

}  // namespace stockcast
