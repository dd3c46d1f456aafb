#pragma once

#include "http/reception.hpp"
#include "http/services.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"

#include <string>

/// What every way in of a notification has in common: from SIIGO, put through again, or made for a test.
namespace stockcast {

bool names_only_a_code(const Reception& reception);
/// A notification that names only a code gets the id of the product that has it.
/// Errors: the store's. A code that nobody has: the reception comes back as a refusal.
asio::awaitable<Result<Reception>> with_product(Services& services, Reception reception);

/// What the reception could read goes into the log entry.
void describe(WebhookLog& log, Reception& reception);
/// The notification's observation together with its log entry, whose `payload` is set already. Requires a notification
/// that names a product. `seen`: the tick of its arrival.
Submission believed(const Services& services, WebhookLog log, siigo::Notification notification, SeenTick seen);

/// Keeps what was refused as a log entry.
asio::awaitable<void> keep_refused(Services& services, WebhookLog log, const Refusal& refusal, std::string payload,
                                   std::string request_id);
HttpResponse refusal_answer(Refusal refusal);

}  // namespace stockcast
