#pragma once

#include "stockcast/model/ids.hpp"

#include <string>
#include <string_view>

/// What the server itself says on a WebSocket (interface.md «WebSocket /ws»), as JSON.
namespace stockcast::messages {

std::string hello(Seq seq, std::string_view epoch);
std::string heartbeat(Seq seq);
std::string caught_up(Seq seq);
std::string subscribed(Seq seq);
std::string error(std::string_view detail);

/// Why a position can't be gone on from.
enum class ResetReason { expired, ahead, other_epoch };
std::string reset(Seq seq, ResetReason reason);

}  // namespace stockcast::messages
