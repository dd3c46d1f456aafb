#pragma once

#include "stockcast/net/byte_stream.hpp"

#include <memory>
#include <string>

namespace stockcast {

/// A connection that has left HTTP (WebSocket, an event stream). Whoever has it owns it.
struct TakenOver {
    std::unique_ptr<ByteStream> stream;
    std::string already_read;           ///< what the client has already sent
    std::shared_ptr<const void> place;  ///< among the server's connections, until it is let go of
    std::string opening{};              ///< the answer's head, which goes before anything else
};

}  // namespace stockcast
