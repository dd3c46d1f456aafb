#pragma once

#include "http/arguments.hpp"
#include "http/route.hpp"

#include "stockcast/fanout/broadcaster.hpp"

#include <string_view>

namespace stockcast {

/// `since` and `epoch`: where a stream's client wants to go on.
Resume read_position(Arguments& arguments);

/// An id of the event stream: `epoch:seq`, or a seq alone. What is neither is unreadable.
Resume parse_event_id(std::string_view id);

/// Who opens a stream. It ends with the token, the leeway for wrong clocks included.
StreamClient stream_client(const ApiSettings& settings, const Call& call);

}  // namespace stockcast
