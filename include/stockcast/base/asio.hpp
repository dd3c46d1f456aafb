#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace stockcast {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

/// Completion token for a coroutine that wants the error as a value: `auto [ec, n] = co_await s.read_some(b,
/// as_value);`
inline constexpr auto as_value = asio::as_tuple(asio::use_awaitable);

}  // namespace stockcast
