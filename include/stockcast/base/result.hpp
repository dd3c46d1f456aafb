#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <iosfwd>

namespace stockcast {

/// What can go wrong in the world, named where it is understood. The text for a user is made at the edge
/// (http's problem answers, app's messages); `message()` is for logs.
enum class Errc {
    malformed = 1,       ///< input that is not what its format says: JSON, a number, a time, a token
    out_of_bounds,       ///< well-formed, but past a stated limit of size, depth or value
    not_found,           ///< asked for something that is not there
    closed,              ///< the peer went away, or the stream is shut
    timed_out,           ///< a deadline of ours passed
    stopping,            ///< we are shutting down; never retried
    too_busy,            ///< as many as may wait are waiting for it: answer 503, nothing was begun
    ledger_full,         ///< the ledger's queue is at its bound: answer 429, nothing was taken
    store_full,          ///< no room on the disk: answer 503; ends by itself when there is room
    store_failed,        ///< outcome of a write unknown, or the store broke: fatal, exit 1
    store_damaged,       ///< bytes on disk fail their checksum or cannot be decoded
    siigo_unavailable,   ///< no usable answer: network, time-out, 5xx, gateway's HTML, cut body. May be retried later
    siigo_rejected,      ///< SIIGO answered 4xx other than 401/403/404/429: the request itself is wrong. Never retried
    siigo_unauthorized,  ///< 401/403 after a fresh token, or we stopped asking because of such
    siigo_not_found,     ///< SIIGO answered 404
    siigo_throttled,     ///< 429, or our own quota, breaker or failure share does not allow a call before the deadline
};

const boost::system::error_category& stockcast_category() noexcept;
boost::system::error_code make_error_code(Errc e) noexcept;

/// A value or why there is none. Boost 1.81's own `result` is not `[[nodiscard]]`; with this, clang warns even on a
/// dropped `co_await f();`.
template <class T>
struct [[nodiscard]] Result : boost::system::result<T> {
    using boost::system::result<T>::result;
};

/// For test reports. Boost's own wants to print the value, and most of ours have no text.
template <class Char, class Traits, class T>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const Result<T>& result) {
    return result.has_error() ? out << result.error().message().c_str() : out << "a value";
}

}  // namespace stockcast

template <>
struct boost::system::is_error_code_enum<stockcast::Errc> : std::true_type {};
