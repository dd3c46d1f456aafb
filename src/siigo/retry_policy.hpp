#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/siigo/translate.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stockcast::siigo {

/// How one try of a call ended, as far as it matters for what comes next.
enum class Ending {
    good,       ///< 2xx with a body that could be read
    not_sent,   ///< no connection came about, or nothing left us: SIIGO knows nothing of it
    lost,       ///< sent, and no whole answer came
    broken,     ///< 5xx, 408, 3xx, or a 2xx whose body is none: HTML, empty, cut
    throttled,  ///< 429
    refused,    ///< 401, 403, or a request whose Partner-Id SIIGO does not take
    not_found,  ///< 404 that SIIGO itself said (a gateway's HTML page with that status is `broken`)
    rejected,   ///< any other 4xx
};

/// Judges an answer by its status and, for errors, by what SIIGO said. `body_read`: a 2xx had the body it should have.
Ending judge_answer(unsigned status, const SiigoError& error, bool body_read);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7; its two obsolete forms are written by nobody any more).
std::optional<Instant> http_date(std::string_view text);

/// The wait that an answer names: `Retry-After` (seconds or an HTTP date, RFC 9110 §10.2.3), `RateLimit-Reset` and
/// `X-RateLimit-Reset` where nothing is left, or the body's "Try again in N seconds"; the longest of them, at most an
/// hour (so that a gateway's nonsense can't silence us for days). None: nothing was named.
std::optional<std::chrono::milliseconds> named_wait(const HttpFields& fields, const SiigoError& error, Instant now);

/// Whether and when a call is tried again. Pure; chance comes from `Random`.
class RetryPolicy {
public:
    static constexpr unsigned tries_max = 3;

    /// A request that can be carried out twice without harm: GET, PUT, DELETE, and `/auth` (a second token harms
    /// nobody). Creating a subscription can't: SIIGO may make two of them.
    enum class Repeatable : bool { no, yes };

    /// May a call that ended so after its `tries`-th try be tried again? What was never sent or was throttled was not
    /// carried out, so anyone may repeat it; a broken or lost one only where twice does no harm; the others never.
    static bool may_retry(Ending ending, unsigned tries, Repeatable repeatable);

    /// Full jitter: anything from zero to 1 s, 2 s, 4 s… (of a 429: 10 s, 20 s, 40 s, a minute, as its quota refills by
    /// the minute); where a wait was named, that wait and up to a tenth of it more.
    static std::chrono::milliseconds pause(Ending ending, unsigned in_a_row,
                                           std::optional<std::chrono::milliseconds> named, Random& random);
};

}  // namespace stockcast::siigo
