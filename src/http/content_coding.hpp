#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/net/http_message.hpp"

namespace stockcast {

/// Whether its body is worth compressing, so that the answer depends on what the client takes.
bool is_compressible(const HttpResponse& response);

/// The answer to a GET, compressed where the client takes it and it is worth it: text of 1 KiB or more, and what is
/// streamed. Says by `Vary` that it might have been. Compresses more than a little on `threads`.
/// (Compressing what holds a secret beside what an attacker chose would give the secret away by its length: no answer
/// to a GET has both, and a browser lets no other site ask with our cookie.)
asio::awaitable<HttpResponse> compressed(HttpResponse response, bool takes_gzip, Workers& threads);

}  // namespace stockcast
