#pragma once

#include "http/services.hpp"

#include "stockcast/net/http_message.hpp"

namespace stockcast {

/// The answer where something was asked of SIIGO and could not be had: 502 for what SIIGO did wrong or refused, 503
/// with Retry-After for what passes; the ledger's and the store's errors as failure_answer().
HttpResponse siigo_failure_answer(const Services& services, boost::system::error_code why);

}  // namespace stockcast
