#include "http/answer.hpp"
#include "http/handlers.hpp"
#include "http/product_reads.hpp"
#include "http/reception.hpp"
#include "http/text.hpp"

#include "stockcast/base/json.hpp"

#include <utility>

namespace stockcast {
namespace {

// Of a refused body: enough to see what it was, little enough that refusals can't fill the disk.
constexpr std::size_t refused_payload_bytes_max = 16 * 1024;

Reception refused_code(Reception reception) {
    reception.notification.reset();
    reception.refusal =
        Refusal{422, "It names no product that is known here", {{"code", "no product here has this code"}}};
    return reception;
}

bool names_only_a_code(const Reception& reception) {
    return reception.notification && !reception.notification->product;
}

/// A notification that names only a code gets the id of the product that has it.
/// Errors: the store's. A code that nobody has: the reception comes back as a refusal.
asio::awaitable<Result<Reception>> with_product(Services& services, Reception reception) {
    const auto owner = co_await product_by_code(services, reception.notification->code);
    if (!owner) co_return owner.error();
    if (!*owner) co_return refused_code(std::move(reception));
    reception.notification->product = (*owner)->id;
    reception.product = (*owner)->id;
    co_return reception;
}

HttpResponse refusal_answer(Refusal refusal) {
    const std::string detail = std::move(refusal.detail);
    return problem(refusal.status, {.detail = detail, .errors = std::move(refusal.errors)});
}

/// Keeps what was refused, then answers so. That the entry could not be kept doesn't make the request any better: the
/// answer stays, since a 429 or 503 would have SIIGO send the same again.
asio::awaitable<HttpResponse> keep_refused(Services& services, WebhookLog log, Refusal refusal, std::string payload) {
    log.error = in_one_line(refusal);
    if (payload.size() > refused_payload_bytes_max) payload.resize(refused_payload_bytes_max);
    log.payload = std::move(payload);
    services.lines.refused(refusal.status, log.topic, log.error);

    Submission submission;
    submission.webhook = std::move(log);
    const auto kept = co_await services.ledger.apply(std::move(submission));
    if (!kept) {
        services.log.warning(Mark::webhook,
                             {"A refused notification could not be logged: {why}",
                              "No se pudo registrar una notificación rechazada: {why}"},
                             {{"why", kept.error().message()}});
    }
    co_return refusal_answer(std::move(refusal));
}

std::string_view name_said(const Observation& said) {
    const auto* name = said.properties.find("name");
    const auto* text = name == nullptr ? nullptr : name->if_string();
    return text == nullptr ? std::string_view{} : std::string_view{*text};
}

}  // namespace

asio::awaitable<void> keep_too_large(Services& services) {
    WebhookLog log;
    log.id = services.ledger.new_log_id();
    log.company = services.settings.company;
    log.received_at = services.clock.wall();
    (void)co_await keep_refused(services, std::move(log), Refusal{413, "The body is too large", {}}, {});
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
    log.topic = std::move(read->topic);
    log.company_key = std::move(read->company_key);
    log.product = read->product;
    log.product_code = std::move(read->code);
    if (read->refusal)
        co_return co_await keep_refused(services, std::move(log), *std::move(read->refusal),
                                        std::move(call.request.body));

    Observation said = std::move(read->notification->said);
    said.company = services.settings.company;
    said.product = *read->notification->product;
    said.origin = Origin::notification;
    said.source = log.source;
    said.cause = log.id;
    said.seen = seen;
    said.seen_at = log.received_at;
    const LogId id = log.id;
    const std::string code = log.product_code;
    const std::string name{name_said(said)};
    log.processed = true;
    log.payload = std::move(call.request.body);

    Submission submission;
    submission.observations.push_back(std::move(said));
    submission.webhook = std::move(log);
    const auto committed = co_await services.ledger.apply(std::move(submission));
    if (!committed) co_return failure_answer(committed.error());

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
