#pragma once

#include "http/arguments.hpp"
#include "http/route.hpp"

#include "stockcast/fanout/broadcaster.hpp"

#include <optional>
#include <string_view>

namespace stockcast {

/// `since` and `epoch`: where a stream's client wants to go on.
Resume read_position(Arguments& arguments);

/// An id of the event stream: `epoch:seq`, or a seq alone. What is neither is unreadable.
Resume parse_event_id(std::string_view id);

/// When the token that opened a stream ends, the leeway for wrong clocks included; nothing: it needed none.
std::optional<Instant> end_of_token(const Call& call);

}  // namespace stockcast
