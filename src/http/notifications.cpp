#include "http/notifications.hpp"

#include "http/answer.hpp"
#include "http/product_reads.hpp"

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

}  // namespace

bool names_only_a_code(const Reception& reception) {
    return reception.notification && !reception.notification->product;
}

asio::awaitable<Result<Reception>> with_product(Services& services, Reception reception) {
    const auto owner = co_await product_by_code(services, reception.notification->code);
    if (!owner) co_return owner.error();
    if (!*owner) co_return refused_code(std::move(reception));
    reception.notification->product = (*owner)->id;
    reception.product = (*owner)->id;
    co_return reception;
}

void describe(WebhookLog& log, Reception& reception) {
    log.topic = std::move(reception.topic);
    log.company_key = std::move(reception.company_key);
    log.product = reception.product;
    log.product_code = std::move(reception.code);
}

Submission believed(const Services& services, WebhookLog log, siigo::Notification notification, SeenTick seen) {
    Observation said = std::move(notification.said);
    said.company = services.settings.company;
    said.product = *notification.product;
    said.origin = Origin::notification;
    said.source = log.source;
    said.cause = log.id;
    said.seen = seen;
    said.seen_at = log.received_at;
    log.processed = true;

    Submission submission;
    submission.observations.push_back(std::move(said));
    submission.webhook = std::move(log);
    return submission;
}

/// That the entry could not be kept doesn't make the request any better: the answer stays a refusal, since a 429 or 503
/// would have SIIGO send the same again.
asio::awaitable<void> keep_refused(Services& services, WebhookLog log, const Refusal& refusal, std::string payload,
                                   std::string request_id) {
    log.error = in_one_line(refusal);
    if (payload.size() > refused_payload_bytes_max) payload.resize(refused_payload_bytes_max);
    log.payload = std::move(payload);
    services.lines.refused(refusal.status, log.topic, log.error, request_id);

    Submission submission;
    submission.webhook = std::move(log);
    const auto kept = co_await services.ledger.apply(std::move(submission));
    if (!kept) {
        services.log.warning(Mark::webhook,
                             {"A refused notification could not be logged: {why} [{request}]",
                              "No se pudo registrar una notificación rechazada: {why} [{request}]"},
                             {{"why", kept.error().message()}, {"request", request_id}});
    }
}

HttpResponse refusal_answer(Refusal refusal) {
    const std::string detail = std::move(refusal.detail);
    return problem(refusal.status, {.detail = detail, .errors = std::move(refusal.errors)});
}

}  // namespace stockcast
