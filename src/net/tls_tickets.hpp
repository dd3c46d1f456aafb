#pragma once

#include "stockcast/base/clock.hpp"

#include <chrono>

struct ssl_ctx_st;

namespace stockcast {

/// For how long a session can be resumed.
constexpr std::chrono::hours session_lifetime{2};
/// After which a ticket key is replaced.
constexpr std::chrono::hours ticket_key_lifetime{6};

/// Gives `context` keys of its own for session tickets (RFC 5077, RFC 8446 §4.6.1). OpenSSL's default is one key for as
/// long as the context lives, and whoever learns a ticket key can read every TLS 1.2 session it was used for: ours are
/// replaced, and forgotten when the last ticket made with them has run out. They never leave the memory.
void rotate_ticket_keys(ssl_ctx_st* context, const Clock& clock);

}  // namespace stockcast
