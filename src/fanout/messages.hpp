#pragma once

#include "stockcast/model/chain_hash.hpp"
#include "stockcast/model/ids.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// What the server itself says on a stream (interface.md «WebSocket /ws»), as JSON.
namespace stockcast::messages {

std::string hello(Seq seq, std::string_view epoch, const ChainHash& head_hash);
std::string heartbeat(Seq seq);
std::string caught_up(Seq seq);
std::string subscribed(Seq seq);
std::string error(std::string_view detail);

/// Why a position can't be gone on from.
enum class ResetReason { expired, ahead, other_epoch, unreadable };
inline constexpr std::size_t reset_reasons = 4;
std::string_view name_of(ResetReason reason);  ///< for metrics
std::string reset(Seq seq, ResetReason reason);

/// The last word on a stream that has no close frame. `code`: as on the WebSocket.
std::string close(unsigned code, std::string_view reason);

}  // namespace stockcast::messages
